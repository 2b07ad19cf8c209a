// Package scenarios is the lessons that come with netlab: one folder a
// lesson, named NN-name, with a scenario.yaml in it. There is no other code.
package scenarios

import "embed"

//go:embed */scenario.yaml
var files embed.FS

// Files returns the folders of all lessons, to be read by scenario.Load.
func Files() embed.FS { return files }
