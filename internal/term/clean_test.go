package term_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"netlab/internal/term"
)

type pair struct{ name, in, want string }

func cleanPairs() []pair {
	return []pair{
		{"plain text stays", "ip addr add 10.1.1.1/24 dev eth0", "ip addr add 10.1.1.1/24 dev eth0"},
		{"newline and tab stay", "a\tb\nc", "a\tb\nc"},
		{"letters of all scripts stay", "网络 é e\u0301 🐧", "网络 é e\u0301 🐧"},
		{"a colour sequence is shown", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"a window title is shown", "\x1b]0;owned\a", `\x1b]0;owned\x07`},
		{"a C1 control sequence is shown", "\u009b2J", `\u009b2J`},
		{"a raw C1 byte is not UTF-8", "\x9b2J", `\x9b2J`},
		{"a cut character is shown by its bytes", "caf\xc3", `caf\xc3`},
		{"delete and null are shown", "\x7f\x00", `\x7f\x00`},
		{"a carriage return is shown", "safe\rEVIL", `safe\x0dEVIL`},
		{"the other end of line is a newline", "a\r\nb", "a\nb"},
		{"a lone carriage return before one stays visible", "a\r\r\nb", "a\\x0d\nb"},
		{"direction marks are shown", "a\u202eb\u202cc\u2066d\u2069", `a\u202eb\u202cc\u2066d\u2069`},
		{"zero-width characters are shown", "a\u200bb\u200dc\ufeff", `a\u200bb\u200dc\ufeff`},
		{"line separators are shown", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"tags are shown", "x\U000e0041", `x\U000e0041`},
		{"letters without ink are shown", "a\u3164b", `a\u3164b`},
		{"the replacement character itself stays", "\ufffd", "\ufffd"},
		{"nothing stays nothing", "", ""},
	}
}

func TestClean(t *testing.T) {
	for _, tt := range cleanPairs() {
		t.Run(tt.name, func(t *testing.T) {
			if got := term.Clean(tt.in); got != tt.want {
				t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	for _, tt := range cleanPairs() {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := term.Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if r != '\n' && r != '\t' && (r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069) {
				t.Fatalf("Clean(%q) = %q lets %U through", s, got, r)
			}
		}
		if again := term.Clean(got); again != got {
			t.Errorf("Clean twice: %q, once: %q", again, got)
		}
		if strings.IndexFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e }) < 0 && got != s {
			t.Errorf("Clean(%q) = %q changed harmless text", s, got)
		}
	})
}

func TestASCII(t *testing.T) {
	tests := []pair{
		{"ASCII stays", "a\tb\nc ~", "a\tb\nc ~"},
		{"typography is spelled", "“wait” – it’s 1…2 → ns1 ↔ ns2", `"wait" - it's 1...2 -> ns1 <-> ns2`},
		{"dots and signs are spelled", "• a · b × c ≤ d", "* a - b x c <= d"},
		{"boxes are drawn with plain lines", "╭─│┼╯", "+-|++"},
		{"marks of success are words", "✓ ✗", "ok FAIL"},
		{"an accent is dropped from its letter", "e\u0301", "e"},
		{"other scripts are question marks", "网络", "??"},
		{"a fixed space is a space", "1\u00a0ms", "1 ms"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := term.ASCII(tt.in); got != tt.want {
				t.Errorf("ASCII(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzASCII(f *testing.F) {
	f.Add("→ ✓ 网络 e\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		if got := term.ASCII(s); strings.ContainsFunc(got, func(r rune) bool { return r >= 0x80 }) {
			t.Errorf("ASCII(%q) = %q", s, got)
		}
	})
}
