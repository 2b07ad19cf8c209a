package op

import "strings"

// aboutWords explains a command that is not ip, bridge or sysctl.
func aboutWords(args []string) []Meaning {
	name := baseName(args[0])
	about := aboutCommand(name)
	if about == "" {
		about = "the command to run inside"
	}
	all := []Meaning{{args[0], about}}
	for i := 1; i < len(args); i++ {
		text := "a word for " + name
		if name == "ping" {
			text = aboutPing(args[i-1], args[i])
		}
		all = append(all, Meaning{args[i], text})
	}
	return all
}

// aboutCommand says what a program that is common in lessons does.
func aboutCommand(name string) string {
	switch name {
	case "ping":
		return "asks a machine for an answer (ICMP echo) and says how long it took"
	case "bash", "sh", "dash", "zsh":
		return "a shell"
	case "curl", "wget":
		return "asks a web server for a page"
	case "tcpdump", "tshark":
		return "shows the packets that pass an interface"
	case "nc", "ncat", "socat":
		return "opens or takes a TCP or UDP connection and passes on what comes"
	case "dig", "nslookup", "host":
		return "asks a DNS server"
	case "getent":
		return "looks a name up as programs do: hosts file, DNS and the rest, in the order of nsswitch.conf"
	case "traceroute", "tracepath", "mtr":
		return "shows the routers on the way to a machine"
	case "nft", "iptables", "ip6tables":
		return "shows and changes the rules of the firewall"
	case "ss", "netstat":
		return "lists connections and who listens"
	case "sleep":
		return "waits"
	}
	return ""
}

// aboutPing explains a word of ping, of which option is the one before.
func aboutPing(option, word string) string {
	if len(option) == 2 && option[0] == '-' && strings.Contains("cWwiIstMQplmSFTeN", option[1:]) {
		return "the value of " + option
	}
	letter, number := word, ""
	if strings.HasPrefix(word, "-") && len(word) > 2 {
		letter, number = word[:2], " ("+word[2:]+")"
	}
	switch letter {
	case "-c":
		return "how many requests" + number
	case "-W":
		return "how many seconds to wait for an answer" + number
	case "-w":
		return "after how many seconds to stop" + number
	case "-i":
		return "how many seconds between requests" + number
	case "-I":
		return "from which interface or address" + number
	case "-s":
		return "how many bytes of data in each request" + number
	case "-t":
		return "the time to live of the packet: how many routers it may pass" + number
	case "-M":
		return "what to do about packets that are too big: do forbids to cut them" + number
	case "-4", "-6":
		return "only IPv" + word[1:]
	case "-n":
		return "no names, only numbers"
	case "-q":
		return "only the sum at the end"
	}
	if a, err := parseAddr(word); err == nil && (strings.ContainsAny(word, ".:")) {
		return "the machine that is asked: " + aboutAddr(a)
	}
	if strings.HasPrefix(word, "-") {
		return "an option of ping"
	}
	return "the machine that is asked"
}
