package diagnose

// The kinds of causes for which a name is not found, or has a wrong address.
const (
	NoNameserver      Kind = "no-nameserver"
	WrongNameserver   Kind = "wrong-nameserver"
	FirstServerDead   Kind = "first-nameserver-dead"
	FileUnread        Kind = "file-unread" // a pipe, a device, more than is looked at
	ResolvMistake     Kind = "resolv-conf-mistake"
	SearchMissing     Kind = "search-missing"
	SearchWrong       Kind = "search-wrong"
	NdotsTooHigh      Kind = "ndots-too-high"
	NameImpossible    Kind = "name-impossible" // too long, or with an empty part
	NoIPv6Address     Kind = "no-ipv6-address"
	StaleHosts        Kind = "stale-hosts-line"
	HostsMissing      Kind = "hosts-line-missing"
	HostsTypo         Kind = "hosts-name-typo"
	HostsMistake      Kind = "hosts-mistake"
	HostsOtherFamily  Kind = "hosts-other-family"
	SwitchNoDNS       Kind = "nsswitch-no-dns"
	SwitchNoFiles     Kind = "nsswitch-no-files"
	SwitchOrder       Kind = "nsswitch-order"
	SwitchReturn      Kind = "nsswitch-return"
	SwitchMistake     Kind = "nsswitch-mistake"
	RecordMissing     Kind = "record-missing"
	RecordWrong       Kind = "record-wrong"
	RecordOtherType   Kind = "record-other-type"
	CNAMELoop         Kind = "cname-loop"
	CNAMEDangling     Kind = "cname-dangling"
	MissingDot        Kind = "missing-dot"
	StaleCache        Kind = "stale-cache"
	DelegationMissing Kind = "delegation-missing"
	BrokenDelegation  Kind = "broken-delegation"
	LameServer        Kind = "lame-server"
	RootHintsWrong    Kind = "root-hints-wrong"
	NoRecursion       Kind = "no-recursion"
	ServerRefuses     Kind = "server-refuses"
	ServerFails       Kind = "server-fails" // and nothing shows why
	UpstreamWrong     Kind = "upstream-wrong"
	ForwardLoop       Kind = "forward-loop"
	ServerGarbage     Kind = "server-garbage"
	ServerOtherID     Kind = "server-other-id"
	ServerOtherAnswer Kind = "server-other-answer" // to another question
	TCPBlocked        Kind = "tcp-blocked"
)
