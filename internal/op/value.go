package op

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ifname is the name of a network interface: at most 15 bytes (IFNAMSIZ in
// linux/if.h counts the zero), with the characters that netlab allows in names.
func ifname(p *string) value {
	return value{
		holder: "NAME",
		set: func(word string) error {
			if len(word) > 15 {
				return fmt.Errorf("is too long for an interface: %d bytes, 15 are allowed", len(word))
			}
			if !plainName(word, 15) {
				return errors.New("is not a name for an interface (letters, digits, _ . -)")
			}
			*p = word
			return nil
		},
		get:   func() (string, bool) { return *p, *p != "" },
		about: func() string { return "the interface " + *p },
		name:  true,
	}
}

// nsname is the name of a network namespace: a file name in /run/netns.
func nsname(p *string) value {
	return value{
		holder: "NETNS",
		set: func(word string) error {
			if !plainName(word, 63) {
				return errors.New("is not a name for a namespace (letters, digits, _ . - and at most 63)")
			}
			*p = word
			return nil
		},
		get:   func() (string, bool) { return *p, *p != "" },
		about: func() string { return "the network namespace " + *p },
		name:  true,
	}
}

// nsTarget is nsname where ip also takes a process ID, so that digits alone
// do not say which is meant.
func nsTarget(p *string) value {
	v := nsname(p)
	set := v.set
	v.set = func(word string) error {
		if strings.Trim(word, "0123456789") == "" {
			return errors.New("may be a namespace or a process ID: only ip can tell")
		}
		return set(word)
	}
	return v
}

// plainName tells whether word may name a file, a namespace or an interface.
func plainName(word string, longest int) bool {
	for i, c := range []byte(word) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || !strings.ContainsRune("_.-", rune(c))) {
			return false
		}
	}
	return word != "" && len(word) <= longest
}

// mac is an Ethernet address; it is kept as six pairs of small hex digits.
func mac(p *string) value {
	return value{
		holder: "MAC",
		set: func(word string) error {
			parts := strings.Split(word, ":")
			if len(parts) != 6 {
				return errors.New("is not a MAC address: six hex numbers with colons between, such as 02:00:00:00:00:01")
			}
			for i, part := range parts {
				n, err := strconv.ParseUint(part, 16, 8)
				if err != nil || len(part) > 2 {
					return fmt.Errorf("is not a MAC address: %q is not a hex number up to ff", part)
				}
				parts[i] = fmt.Sprintf("%02x", n)
			}
			*p = strings.Join(parts, ":")
			return nil
		},
		get:   func() (string, bool) { return *p, *p != "" },
		about: func() string { return aboutMAC(*p) },
	}
}

// choice is one word of a vocabulary.
func choice(p *string, holder, vocabulary, about string) value {
	return value{
		holder: holder,
		words:  vocabulary,
		set: func(word string) error {
			full, ok := lookup(vocabulary, word)
			if !ok {
				return errors.New("is not one of " + strings.Join(spellings(vocabulary), ", "))
			}
			*p = full
			return nil
		},
		get:   func() (string, bool) { return *p, *p != "" },
		about: func() string { return about },
	}
}

// numbered is a word of a vocabulary or a number up to top.
func numbered(p *string, holder, vocabulary string, top uint64, about string) value {
	v := choice(p, holder, vocabulary, about)
	byName := v.set
	v.set = func(word string) error {
		n, err := decimal(word, 0, top)
		switch {
		case err == nil:
		case strings.Trim(word, "0123456789") == "":
			return err
		default:
			return byName(word)
		}
		*p = strconv.FormatUint(n, 10)
		return nil
	}
	return v
}

// text is any text, kept as it is; longest counts bytes.
func text(p **string, longest int) value {
	return value{
		holder: "TEXT",
		set: func(word string) error {
			if len(word) > longest || strings.ContainsRune(word, 0) {
				return fmt.Errorf("is too long: at most %d bytes", longest)
			}
			*p = &word
			return nil
		},
		get: func() (string, bool) {
			if *p == nil {
				return "", false
			}
			return **p, true
		},
		about: func() string { return "the text itself" },
	}
}

// label is the name of an IPv4 address: its interface, a colon, and more.
func label(p *string) value {
	return value{
		holder: "LABEL",
		set: func(word string) error {
			if !plainName(strings.ReplaceAll(word, ":", "-"), 15) {
				return errors.New("is not a label: the interface's name, a colon and more, at most 15 bytes")
			}
			*p = word
			return nil
		},
		get:   func() (string, bool) { return *p, *p != "" },
		about: func() string { return "a name for the address" },
	}
}

// given is a flag that is there or not.
func given(p *bool, keyword string) value {
	return oneWord(func() { *p = true }, func() (string, bool) { return keyword, *p })
}

// either is a flag with two keywords, one for yes and one for no, each with
// its own meaning.
func either(p **bool, yes, no, aboutYes, aboutNo string) value {
	return value{
		flag: true,
		set: func(keyword string) error {
			b := keyword == yes
			*p = &b
			return nil
		},
		get: func() (string, bool) {
			switch {
			case *p == nil:
				return "", false
			case **p:
				return yes, true
			}
			return no, true
		},
		about: func() string {
			if **p {
				return aboutYes
			}
			return aboutNo
		},
	}
}

// oneWord is a flag made of its two halves.
func oneWord(set func(), get func() (string, bool)) value {
	return value{
		flag:  true,
		set:   func(string) error { set(); return nil },
		get:   get,
		about: func() string { return "" },
	}
}
