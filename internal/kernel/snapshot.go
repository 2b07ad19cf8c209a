package kernel

import (
	"context"
	"fmt"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// sysctls are the settings that a snapshot has, where the kernel has them.
func sysctls() []string {
	return []string{
		"net.ipv4.ip_forward",
		"net.ipv4.conf.all.rp_filter",
		"net.ipv4.conf.all.arp_ignore",
		"net.ipv4.icmp_echo_ignore_all",
		"net.ipv6.conf.all.forwarding",
		"net.ipv6.icmp.echo_ignore_all",
		"net.ipv6.conf.all.disable_ipv6",
		"net.bridge.bridge-nf-call-iptables",
	}
}

// maxRemoval is how long a snapshot waits for the kernel to remove a deleted
// namespace: its links go some time after its name.
const maxRemoval = 150 * time.Millisecond

// Snapshot returns the state of host and of every namespace under /run/netns.
// Links have settled in it, and the links of deleted namespaces are gone. If
// something holds such a namespace, that takes a moment, once.
func (k *Kernel) Snapshot(ctx context.Context) (snapshot.Lab, error) {
	return k.settled(ctx, k.filters)
}

// withoutFilters is a Snapshot that starts no program: it has the number of
// firewall rules alone.
func (k *Kernel) withoutFilters(ctx context.Context) (snapshot.Lab, error) {
	return k.settled(ctx, func(context.Context, *session) {})
}

func (k *Kernel) settled(ctx context.Context, filters func(context.Context, *session)) (snapshot.Lab, error) {
	for deadline := time.Now().Add(maxRemoval); ; {
		lab, err := k.snapshot(ctx, filters)
		if err != nil || !k.removing(lab, time.Now().After(deadline)) {
			return lab, err
		}
		select {
		case <-ctx.Done():
			return lab, ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

// removing tells whether a cable leads nowhere: the kernel is about to remove
// it, unless that was given up before, or is now.
func (k *Kernel) removing(lab snapshot.Lab, giveUp bool) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := false
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			id := fmt.Sprint(s.Name, " ", l.Index, " ", l.MAC)
			if l.Kind != "veth" || l.Peer != "" || k.held[id] {
				continue
			}
			found = true
			if giveUp {
				if k.held == nil {
					k.held = map[string]bool{}
				}
				k.held[id] = true
			}
		}
	}
	return found && !giveUp
}

func (k *Kernel) snapshot(ctx context.Context, filters func(context.Context, *session)) (snapshot.Lab, error) {
	s, err := openSession(visit)
	if err != nil {
		return snapshot.Lab{}, err
	}
	defer s.close()
	if err := s.settle(ctx); err != nil {
		return snapshot.Lab{}, err
	}
	if err := s.each(func(_ int, sp *space) error { return sp.read() }); err != nil {
		return snapshot.Lab{}, err
	}
	filters(ctx, s)
	s.readNames()
	return s.lab(), ctx.Err()
}

// visit reads what can only be read from inside a namespace.
func visit(sp *space, buf []byte) {
	sp.snap.Sysctls = readSysctls()
	sp.snap.Rules = -1
	if sp.nft = readNFT(buf); sp.nft != nil {
		sp.snap.Rules = len(sp.nft.rules)
	}
	sp.legacy = readLegacyTables()
	sp.cookie = cookie(sp.route)
	readSockets(sp, buf)
}

// lab puts the namespaces together.
func (s *session) lab() snapshot.Lab {
	s.findPeers()
	var lab snapshot.Lab
	for _, sp := range s.spaces {
		sp.snap.NSID = s.spaces[0].nsid(sp)
		lab.Spaces = append(lab.Spaces, sp.snap)
	}
	tunnelSockets(lab)
	return lab
}

// read fills in everything that netlink tells about the namespace.
func (sp *space) read() error {
	sp.addLinks()
	sp.nameSockets()
	defer sp.sortRules()
	return sp.fill(
		dump{unix.RTM_GETADDR, make(raw, unix.SizeofIfAddrmsg), sp.addAddr},
		dump{unix.RTM_GETROUTE, make(raw, unix.SizeofRtMsg), sp.addRoute},
		dump{unix.RTM_GETRULE, make(raw, sizeofRuleHdr), sp.addPolicyRule},
		dump{unix.RTM_GETNEIGH, neighHead(unix.AF_UNSPEC, 0, 0, 0), sp.addNeigh},
		dump{unix.RTM_GETNEIGH, neighHead(unix.AF_UNSPEC, 0, 0, unix.NTF_PROXY), sp.addNeigh},
		dump{unix.RTM_GETNEIGH, neighHead(unix.AF_BRIDGE, 0, 0, 0), sp.addFDB},
	)
}

// addLinks adds the links that were read before.
func (sp *space) addLinks() {
	sp.names = map[int]string{}
	for _, b := range sp.links {
		l := readLink(b)
		sp.names[l.Index] = l.Name
		sp.snap.Links = append(sp.snap.Links, l)
	}
	sp.nameLinks()
}

// dump is a question for all objects of a kind, and what is done with each.
type dump struct {
	kind int
	head raw
	add  func(b []byte)
}

func (sp *space) fill(dumps ...dump) error {
	for _, d := range dumps {
		found, err := sp.route.dump(func() *nl.NetlinkRequest {
			req := nl.NewNetlinkRequest(d.kind, 0)
			req.AddData(d.head)
			return req
		})
		if err != nil {
			return err
		}
		for _, b := range found {
			d.add(b)
		}
	}
	return nil
}
