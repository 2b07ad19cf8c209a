package op

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// decimal reads a number from low to high. Forms that C reads in its own way
// (0x10, 010, +5) are refused, so that the number means the same to everyone.
func decimal(word string, low, high uint64) (uint64, error) {
	n, err := strconv.ParseUint(word, 10, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange), len(word) > 1 && word[0] == '0', strings.HasPrefix(word, "+"):
		return 0, errors.New("is not a number")
	case err != nil, n < low, n > high:
		return 0, fmt.Errorf("is out of range: from %d to %d", low, high)
	}
	return n, nil
}

// number is a whole number from low to high; 0 is the same as not given.
func number[T int | uint16 | uint32](p *T, low, high uint64, about string) value {
	return value{
		holder: "NUMBER",
		set: func(word string) error {
			n, err := decimal(word, low, high)
			if err == nil {
				*p = T(n)
			}
			return err
		},
		get:   func() (string, bool) { return fmt.Sprint(*p), *p != 0 },
		about: func() string { return fmt.Sprintf(about, *p) },
	}
}

// maybeNumber is a number that may be 0 when it is given.
func maybeNumber(p **uint32, about string) value {
	return value{
		holder: "NUMBER",
		set: func(word string) error {
			n, err := decimal(word, 0, 1<<32-1)
			if err == nil {
				small := uint32(n)
				*p = &small
			}
			return err
		},
		get: func() (string, bool) {
			if *p == nil {
				return "", false
			}
			return fmt.Sprint(**p), true
		},
		about: func() string { return fmt.Sprintf(about, **p) },
	}
}

// mtu is the size of the largest packet, in bytes.
func mtu(p *int) value {
	v := number(p, 1, 1<<31-1, "%d bytes")
	v.holder = "BYTES"
	return v
}

// switched is a yes or no that is written with the two words yes and no.
func switched(p **bool, yes, no string) value {
	return value{
		holder: yes + "|" + no,
		set: func(word string) error {
			if word != yes && word != no {
				return fmt.Errorf("is neither %q nor %q", yes, no)
			}
			b := word == yes
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
				return "on"
			}
			return "off"
		},
	}
}

// onOff is a yes or no that is written on or off.
func onOff(p **bool) value { return switched(p, "on", "off") }

// bit is a yes or no that is written 1 or 0.
func bit(p **bool) value { return switched(p, "1", "0") }
