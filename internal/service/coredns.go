package service

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/coredns/caddy"
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
	_ "github.com/coredns/coredns/plugin/whoami" // of CoreDNS itself, where there is no Corefile

	"netlab/internal/netns"
)

// maxThreads is how many processors a server uses: threads count against the
// limit of a lesson's processes, and a lesson may start a dozen servers.
const maxThreads = 2

// CoreDNS is the main function of the process called coredns. It reads
// os.Args, as CoreDNS does, and ends the process when it fails.
func CoreDNS() int {
	os.Args[0] = "coredns"
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(min(maxThreads, runtime.NumCPU()))
	}
	caddy.RegisterEventHook("netlab", func(event caddy.EventName, _ any) error {
		if event == caddy.InstanceStartupEvent {
			warnOfSharers()
		}
		return nil
	})
	coremain.Run()
	return 0
}

// warnOfSharers says it when another server waits at the same port. CoreDNS
// sets SO_REUSEPORT, so that a second one starts without a word.
func warnOfSharers() {
	for _, s := range netns.Sharers() {
		fmt.Fprintf(os.NewFile(2, "stderr"), "netlab: %s (process %d) waits at %s port %d of this node, too: the kernel gives each question to one of the two\n",
			s.Name, s.Pid, strings.ToUpper(s.Port.Protocol), s.Port.Number)
	}
}
