package complaint

// ofNamespaces is about namespaces that have names.
func ofNamespaces() []Complaint {
	return []Complaint{
		{
			Said: "Cannot open network namespace \"x\": No such file or directory", Errno: "ENOENT",
			match: []string{"cannot open network namespace", "cannot remove namespace file*no such file"},
			By:    "ip, which wanted to open /run/netns/x", Where: hereOnly,
			Means: "there is no namespace of this name",
			Causes: []Cause{
				{"it was not made yet, or was removed", "ip netns list"},
				{"the name is mistyped", "ip netns list"},
				{"it is the namespace of a container: those have no name under /run/netns", "lsns -t net"},
				{HostUnnamed, "leave the namespace out"},
			},
			See: "ip-netns(8)",
		},
		{
			Said: "Cannot create namespace file \"/run/netns/x\": File exists", Errno: "EEXIST", Of: "",
			match: []string{"cannot create namespace file", "ip netns add*file exists"},
			By:    "ip, which wanted to make the file /run/netns/x", Where: hereOnly,
			Means: "a namespace of this name is there: " + SpacesUnique,
			Causes: []Cause{
				{"it was made before", "ip netns list"},
				{"an empty file was left behind by a namespace that is gone", "ip netns exec NAME true; ls -l /run/netns"},
			},
			See: "ip-netns(8)",
		},
		{
			Said: "setting the network namespace \"x\" failed: Invalid argument", Errno: "EINVAL",
			match: []string{"setting the network namespace"},
			By:    "ip prints the kernel's answer to setns(2)", Where: hereOnly,
			Means: "the file under /run/netns is there, but it is no namespace, or this user may not enter it",
			Causes: []Cause{
				{"only an empty file was left behind: the namespace is gone", "findmnt -t nsfs; ls -l /run/netns"},
				{"with “Operation not permitted”: the right CAP_SYS_ADMIN is missing", "id -u"},
			},
			See: "ip-netns(8), setns(2)",
		},
		{
			Said: "Cannot remove namespace file \"/run/netns/x\": Device or resource busy", Errno: "EBUSY",
			match: []string{"cannot remove namespace file*busy"},
			By:    "ip prints the kernel's answer to unlink(2)", Where: hereOnly,
			Means:  "the file is mounted in another mount namespace as well, so that it cannot go",
			Causes: []Cause{{"a program that started before holds its own view of /run/netns", "findmnt -t nsfs"}},
			See:    "ip-netns(8), mount_namespaces(7)",
		},
	}
}
