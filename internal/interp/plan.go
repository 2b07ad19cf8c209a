package interp

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"netlab/internal/op"
)

// plan decides who runs a command: netlab itself for sudo, sysctl, ping and
// what op understands of ip and bridge; the machine's program for all else.
func (s *session) plan(c *call) plan {
	if tool(c.args[0]) == "sudo" {
		if p, failed := dropSudo(c); failed {
			return p
		}
	}
	return s.planIn("", c, c.args)
}

// tool is the name by which netlab knows a program: "ip" for ip and /sbin/ip,
// but not for ./ip, which is the learner's own.
func tool(name string) string {
	switch filepath.Dir(name) {
	case "/bin", "/sbin", "/usr/bin", "/usr/sbin":
		return filepath.Base(name)
	}
	return name
}

// planIn plans args, which are all of the call's words or those behind
// "ip netns exec NS".
func (s *session) planIn(ns string, c *call, args []string) plan {
	p := plan{}
	switch tool(args[0]) {
	case "ip", "bridge", "route":
		p = s.planIP(ns, c, args)
	case "sysctl":
		p = s.planSysctl(ns, c, args)
	case "ping", "ping4", "ping6":
		p = s.planPing(ns, c, args)
	default:
		p = s.planMachine(ns, c, args)
	}
	if p.place == "" {
		p.place = ns
	}
	return p
}

// planIP plans a line of ip, bridge or route.
func (s *session) planIP(ns string, c *call, args []string) plan {
	if inner, argv, ok := s.tools.parseExec(args); ok && ns == "" {
		return s.planExec(inner, c, argv)
	}
	line, err := s.tools.parse(inside(ns, args))
	switch {
	case err == nil:
		return s.planOp(line)
	case errors.Is(err, op.ErrQuestion):
		return s.planQuestion(ns, c, args)
	}
	p := s.planMachine(ns, c, args)
	if p.by == byMachine {
		p.by, p.text = byIP, "netlab does not know this line: this machine's own "+tool(args[0])+" runs it"
		return p
	}
	return refuse(127, missing(tool(args[0])), hintOf(err))
}

// inside writes the whole line again of which args are the end.
func inside(ns string, args []string) []string {
	if ns == "" {
		return args
	}
	return append([]string{"ip", "netns", "exec", ns}, args...)
}

// planExec plans what stands behind "ip netns exec NS".
func (s *session) planExec(ns string, c *call, argv []string) plan {
	if err := s.tools.enter(ns); err != nil {
		p := refuse(255, err.Error(), `a namespace is made by "ip netns add"; "ip netns list" shows those that there are`)
		p.place = ns
		return p
	}
	return s.planIn(ns, c, argv)
}

// planOp plans an op, which netlab does itself.
func (s *session) planOp(line op.Line) plan {
	return plan{place: line.Netns, by: byNetlab, text: s.tools.summary(line), run: func(_ context.Context, c *call) outcome {
		if no := s.tools.do(line); no != nil {
			return c.fail(no.exit, no.text, no.hint)
		}
		return outcome{}
	}}
}

// planQuestion plans a line that only asks: by the machine's program, or else
// by netlab's own view of the lab.
func (s *session) planQuestion(ns string, c *call, args []string) plan {
	q, err := s.tools.parseQuery(inside(ns, args))
	if p := s.planMachine(ns, c, args); p.by == byMachine {
		p.by, p.place = byIP, q.Netns
		return p
	}
	if err != nil {
		return refuse(127, missing(tool(args[0])), hintOf(err))
	}
	return plan{by: byNetlab, place: q.Netns, run: func(ctx context.Context, c *call) outcome {
		text, err := s.tools.show(ctx, q)
		if err != nil {
			return c.fail(1, err.Error(), "")
		}
		_, _ = c.stdout.Write([]byte(text))
		return outcome{}
	}}
}

// missing says that a program is not installed.
func missing(name string) string {
	text := name + ": this needs the program " + name + ", which is not installed here"
	if pkg := debianPackage(name); pkg != "" {
		text += " (Debian package " + pkg + ")"
	}
	return text
}

// debianPackage is where a program that lessons like comes from; empty for
// one that this list does not know.
func debianPackage(name string) string {
	switch name {
	case "ip", "bridge", "tc", "ss":
		return "iproute2"
	case "ping", "tracepath", "arping":
		return "iputils-" + name
	case "sysctl":
		return "procps"
	case "nft":
		return "nftables"
	case "iptables", "ip6tables", "conntrack", "tcpdump", "traceroute", "curl", "socat", "ipset":
		return strings.Replace(name, "ip6tables", "iptables", 1)
	case "route", "ifconfig", "arp", "netstat":
		return "net-tools"
	case "dig", "nslookup", "host":
		return "bind9-dnsutils"
	case "brctl":
		return "bridge-utils"
	case "nc":
		return "netcat-openbsd"
	}
	return ""
}

func hintOf(err error) string {
	var syntax *op.SyntaxError
	if errors.As(err, &syntax) && syntax.Nearest != "" {
		return `did you mean "` + syntax.Nearest + `"?`
	}
	return ""
}
