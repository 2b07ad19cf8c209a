// Package complaint knows what programs say when the network does not work:
// for each message, who said it and on which machine, what it means exactly,
// the usual causes with where to look, and what it does not mean. One message
// can mean different things after different commands, so that the command
// counts. The sentences about the kernel's rules are also those of the hints
// that package kernel gives for an op that fails.
package complaint

// Complaint is one thing that programs say.
type Complaint struct {
	Said   string  `json:"said"`            // as it is printed, with an example of what differs
	Of     string  `json:"of,omitempty"`    // the command after which it means this: "ip route add", "ping"; empty: any
	Errno  string  `json:"errno,omitempty"` // the kernel's error number behind it: EEXIST
	By     string  `json:"by"`              // which program prints it, and which part of the kernel made it
	Where  string  `json:"where"`           // on which machine that is
	Means  string  `json:"means"`           // what it says exactly
	Causes []Cause `json:"causes"`          // the usual ones, the likeliest first
	Not    string  `json:"not,omitempty"`   // what people take it for, and it is not
	See    string  `json:"see"`             // manual pages and standards
	match  []string
	weight int
}

// Cause is one usual cause, and where it shows.
type Cause struct {
	Why  string `json:"why"`
	Look string `json:"look"` // a command that only shows; never the cure
}

// all is the whole catalogue. Where two entries fit a line alike, the first one
// is meant.
func all() []Complaint {
	var out []Complaint
	for _, part := range []func() []Complaint{
		ofPingStart, ofPingRoutes, ofPingSending, ofPingSource, ofPingCounts,
		ofUnreachable, ofRouters, ofUnreachable6, ofRouters6,
		ofConnect, ofSending, ofBind, ofHangUps, ofFamilies, ofNames,
		ofRouteThere, ofGateways, ofRouteLinks, ofRouteValues, ofRoutes,
		ofAddressesThere, ofAddressesRefused, ofLinkAdd, ofLinks, ofLinkLimits,
		ofEntries, ofRights, ofWords, ofNamespaces, ofSettings,
		ofAddressStates, ofLinkStates, ofLog,
		ofNumberThere, ofNumbersOfWays, ofNumbersForbidden, ofNumbersUnfit,
		ofNumbersMissing, ofNumbersOfPackets, ofNumbersOfPeers,
	} {
		out = append(out, part()...)
	}
	return out
}

// The machines that a message can come from.
const (
	here     = "your own machine, in the namespace where the command ran"
	hereOnly = here + "; nothing was sent to anybody"
	onTheWay = "a router on the way, the one that stands behind “From”"
)

// The programs and parts of the kernel that speak.
const (
	byIP      = "ip prints the answer of the kernel's part for network settings (rtnetlink)"
	byIPAlone = "ip itself; the kernel was not asked"
	byPing    = "ping"
	byConnect = "the program that wanted to connect prints what the kernel answered to connect(2)"
)
