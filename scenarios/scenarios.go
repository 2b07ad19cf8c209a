// Package scenarios is the lessons that come with netlab: one folder a
// lesson, named NN-name, with a scenario.yaml in it, and beside it an ipv6.yaml
// where the lesson has an IPv6 variant. There is no other code.
package scenarios

import "embed"

//go:embed */scenario.yaml */ipv6.yaml
var files embed.FS

// Files returns the folders of all lessons, to be read by scenario.Load and
// scenario.LoadIPv6.
func Files() embed.FS { return files }
