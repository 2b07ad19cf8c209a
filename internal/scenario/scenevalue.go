package scenario

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// template1 is a value that may be written with parameters and ranges. They
// are replaced before it is read.
type template1 struct{ value }

func (v template1) words() string { return v.value.words() }

func (v template1) schema() *schema {
	return &schema{AnyOf: []*schema{v.value.schema(), templateSchema()}}
}

// templateSchema is all that a schema can say of a template.
func templateSchema() *schema { return &schema{Type: "string", Pattern: `[{$]`} }

// count is a number that may be written with parameters, in quotes too.
func count(to *int) value {
	least, most := 0, maxShift
	return scalar[int]{to: to, name: fmt.Sprintf("a number from 0 to %d", maxShift), tags: []string{"!!int", "!!str"},
		shape: schema{AnyOf: []*schema{{Type: "integer", Minimum: &least, Maximum: &most}, templateSchema()}},
		parse: func(s string) (int, *problem) {
			n, err := strconv.Atoi(s)
			if err != nil || n < 0 || n > maxShift {
				return 0, &problem{fmt.Sprintf("%s is not a number from 0 to %d", cut(s), maxShift), ""}
			}
			return n, nil
		}}
}

var sixBytes = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9a-f]{2}:){5}[0-9a-f]{2}$`) })

// macAddress is a MAC address that an interface can have: not that of a group.
func macAddress(to *string) value {
	return scalar[string]{to: to, name: "a MAC address, such as 02:00:00:00:00:01", tags: looksNumeric(), shape: schema{Type: "string", Pattern: `^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$`},
		parse: func(s string) (string, *problem) {
			hw := strings.ToLower(s)
			switch {
			case !sixBytes().MatchString(hw):
				return "", &problem{fmt.Sprintf("%q is not a MAC address", cut(s)), "six pairs of hexadecimal digits with colons between them, such as 02:00:00:00:00:01"}
			case strings.IndexByte("13579bdf", hw[1]) >= 0: // the lowest bit of the first byte (IEEE 802)
				return "", &problem{fmt.Sprintf("%s is the address of a group, not of one interface", hw), "the second digit of the first pair must be even"}
			case hw == "00:00:00:00:00:00":
				return "", &problem{fmt.Sprintf("%s is no interface's address", hw), ""}
			}
			return hw, nil
		}}
}

// startAddress is an address that others are counted from. Whether a machine
// can have it is judged when it is known how far they are.
func startAddress(to *netip.Prefix) value {
	return scalar[netip.Prefix]{to: to, name: "an IP address with its prefix length, such as 10.1.1.1/24", tags: looksNumeric(), shape: schema{Type: "string", Pattern: `/[0-9]+$`},
		parse: func(s string) (netip.Prefix, *problem) { return parsePrefix(s, "/24") }}
}

// addresses is one address, or a list of them.
type addresses struct{ to *[]netip.Prefix }

func (v addresses) list() many[netip.Prefix] {
	return many[netip.Prefix]{v.to, func(p *netip.Prefix) value { return template1{startAddress(p)} }, 1, maxAddrs}
}

func (v addresses) words() string {
	return startAddress(new(netip.Prefix)).words() + ", or a list of such"
}

func (v addresses) schema() *schema {
	return &schema{AnyOf: append(template1{startAddress(new(netip.Prefix))}.schema().AnyOf, v.list().schema())}
}

func (v addresses) read(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.SequenceNode {
		v.list().read(d, n)
		return
	}
	*v.to = make([]netip.Prefix, 1)
	startAddress(&(*v.to)[0]).read(d, n)
}
