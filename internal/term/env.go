package term

import (
	"fmt"
	"strconv"
	"strings"
)

// SetColour takes the value of --color: auto, always or never. It outranks
// NO_COLOR, since it was asked for now and here.
func (t *Term) SetColour(mode string) error {
	switch mode {
	case "auto", "":
	case "always":
		t.OutColour, t.ErrColour = true, true
	case "never":
		t.OutColour, t.ErrColour = false, false
	default:
		return fmt.Errorf("unknown colour mode %q (one of: auto, always, never)", mode)
	}
	return nil
}

// autoColour follows no-color.org: any text in NO_COLOR means none.
func autoColour(getenv func(string) string, tty bool) bool {
	return tty && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// utf8Locale asks the variables in the order that setlocale(3) does: the first
// that is set decides.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// columns is what the user wants, when COLUMNS is exported; 0 when it is not.
func columns(getenv func(string) string) int {
	n, err := strconv.Atoi(getenv("COLUMNS"))
	if err != nil || n < 1 || n > 10000 {
		return 0
	}
	return n
}
