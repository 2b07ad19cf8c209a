package complaint

// ofEntries is about neighbours and forwarding entries.
func ofEntries() []Complaint {
	const table = "RTNETLINK answers: "
	var out []Complaint
	for _, of := range []struct{ verb, look, see string }{
		{"ip neigh", "ip neigh show", "ip-neighbour(8)"},
		{"bridge fdb", "bridge fdb show", "bridge(8)"},
	} {
		out = append(out,
			Complaint{
				Said: table + "File exists", Of: of.verb + " add", Errno: "EEXIST", match: []string{"file exists"},
				By: byIP, Where: hereOnly, Means: EntryThere,
				Causes: []Cause{{"the kernel learned the entry by itself, from traffic", of.look}, {"it was set before", of.look + ": PERMANENT, permanent"}},
				Not:    "not a file; and it does not say that the entry is the same: its MAC address may be another one", See: of.see,
			},
			Complaint{
				Said: table + "No such file or directory", Of: of.verb + " del", Errno: "ENOENT", match: []string{"no such file or directory"},
				By: byIP, Where: hereOnly, Means: EntryMissing,
				Causes: []Cause{{"there is no such entry, or it is in another table: of the bridge (master), of the link (self), of another VLAN", of.look}},
				Not:    "nothing about files", See: of.see,
			},
		)
	}
	return append(out, Complaint{
		Said: table + "Operation not supported", Of: "bridge fdb add", Errno: "EOPNOTSUPP", match: []string{"operation not supported", "invalid argument", "fdb add only supported for ethernet devices"},
		By: "bridge prints the answer of the kernel's part for network settings (rtnetlink)", Where: hereOnly, Means: TableOfBridge,
		Causes: []Cause{{"the link is not a port of a bridge, and the table of a bridge is meant (master)", "bridge link"}, {"dst belongs to a vxlan, and the link is none", "ip -d link show LINK"}},
		See:    "bridge(8)",
	})
}
