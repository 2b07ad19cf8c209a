package kernel

import (
	"context"
	"sync"
	"time"

	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

const (
	// maxTool is how long a program that writes down the rules may take.
	maxTool = 2 * time.Second
	// maxToolOutput is how much it may write.
	maxToolOutput = 4 << 20
	// toolsAtOnce is how many such programs run at a time.
	toolsAtOnce = 4
)

// ruleText is what nft once wrote about the rules of a namespace.
type ruleText struct {
	gen   uint32
	texts map[ruleKey]string
}

// filters fills in the firewall rules of the namespaces that have some. Only
// the machine's own tools can write down a rule: nft is asked when the rules of
// a namespace have changed, and what rules have counted comes from the kernel.
// Where there is no nft, a snapshot has the number of rules alone.
func (k *Kernel) filters(ctx context.Context, s *session) {
	slots := make(chan struct{}, toolsAtOnce)
	var running sync.WaitGroup
	for _, sp := range s.spaces {
		if sp.nft == nil || len(sp.nft.chains) == 0 {
			if sp.legacy == (legacyTables{}) {
				continue
			}
		}
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			sp.snap.Filters = append(k.nftFilters(ctx, sp), readLegacy(ctx, sp)...)
		})
	}
	running.Wait()
	k.forgetTexts(s)
}

// nftFilters are the rules of nftables with their texts.
func (k *Kernel) nftFilters(ctx context.Context, sp *space) []snapshot.Filter {
	if sp.nft == nil || len(sp.nft.chains) == 0 {
		return nil
	}
	if texts, ok := k.knownTexts(sp); ok {
		if all, err := sp.nft.filters(texts); err == nil {
			return all
		}
	}
	out, err := toolOutput(ctx, sp.snap.Name, "nft", "-s", "-a", "list", "ruleset")
	if err != nil {
		return nil
	}
	texts := ruleTexts(out)
	all, err := sp.nft.filters(texts)
	if err != nil {
		return nil // somebody is at it: the next snapshot has them
	}
	k.keepTexts(sp, texts)
	return all
}

func toolOutput(ctx context.Context, ns string, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTool)
	defer cancel()
	return netns.Output(ctx, ns, maxToolOutput, argv...)
}

func (k *Kernel) knownTexts(sp *space) (map[ruleKey]string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	known, ok := k.texts[sp.cookie]
	return known.texts, ok && sp.cookie != 0 && known.gen == sp.nft.gen
}

func (k *Kernel) keepTexts(sp *space, texts map[ruleKey]string) {
	if sp.cookie == 0 {
		return // the kernel has no lasting number for a namespace
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.texts == nil {
		k.texts = map[uint64]ruleText{}
	}
	k.texts[sp.cookie] = ruleText{sp.nft.gen, texts}
}

// forgetTexts drops the texts of namespaces that are gone.
func (k *Kernel) forgetTexts(s *session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.texts) == 0 {
		return
	}
	there := map[uint64]bool{}
	for _, sp := range s.spaces {
		there[sp.cookie] = true
	}
	for cookie := range k.texts {
		if !there[cookie] {
			delete(k.texts, cookie)
		}
	}
}

// legacyTables tells whether the old iptables has tables in a namespace.
type legacyTables struct{ ip, ip6 bool }

// readLegacyTables looks in the calling thread's namespace, and makes no table:
// asking the old iptables itself would.
func readLegacyTables() legacyTables {
	return legacyTables{
		ip: readSmall("/proc/thread-self/net/ip_tables_names") != "", ip6: readSmall("/proc/thread-self/net/ip6_tables_names") != "",
	}
}

// readLegacy reads the rules that the old iptables has made.
func readLegacy(ctx context.Context, sp *space) []snapshot.Filter {
	var all []snapshot.Filter
	for _, f := range []struct {
		on   bool
		tool string
	}{{sp.legacy.ip, "iptables"}, {sp.legacy.ip6, "ip6tables"}} {
		if !f.on {
			continue
		}
		out, err := toolOutput(ctx, sp.snap.Name, f.tool+"-legacy-save", "-c")
		if err != nil {
			out, err = toolOutput(ctx, sp.snap.Name, f.tool+"-save", "-c")
		}
		if err == nil {
			all = append(all, legacyFilters(f.tool, out)...)
		}
	}
	return all
}
