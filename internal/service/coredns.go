// Package service is the servers that a lesson starts. Each is a process of
// its own in its node, made by netlab starting itself under the server's name:
// a server inside the engine would dial from the engine's namespace.
package service

import (
	"os"

	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache" // the plugins of the lessons' Corefiles
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/file"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/hosts"
	_ "github.com/coredns/coredns/plugin/loadbalance"
	_ "github.com/coredns/coredns/plugin/log"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/reload"
	_ "github.com/coredns/coredns/plugin/rewrite"
	_ "github.com/coredns/coredns/plugin/template"
)

// CoreDNS is the main function of the process called coredns. It reads
// os.Args, as CoreDNS does, and ends the process when it fails.
func CoreDNS() int {
	os.Args[0] = "coredns"
	coremain.Run()
	return 0
}
