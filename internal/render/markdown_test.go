package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/term"
)

// page of text that Markdown becomes on a screen without colour.
func laidOut(t testing.TB, width int, src string) string {
	t.Helper()
	tm, bufs := term.Test(strings.NewReader(""), width)
	if err := Markdown(tm, src); err != nil {
		t.Fatal(err)
	}
	return bufs.Out.String()
}

type mdCase struct{ name, in, want string }

func mdCases() []mdCase {
	return []mdCase{
		{"nothing", "", ""},
		{"a paragraph is filled", "one\ntwo", "one two\n"},
		{"paragraphs are apart", "one\n\n\n\ntwo", "one\n\ntwo\n"},
		{"a hard break stays", "one\\\ntwo  \nthree", "one\ntwo\nthree\n"},
		{"code keeps its marks where there is no colour", "use `ip a` now", "use `ip a` now\n"},
		{"code is not split", "please always, always use `ip netns exec ns1` here now", "please always, always use\n`ip netns exec ns1` here now\n"},
		{"emphasis has no marks", "*one* and **two**", "one and two\n"},
		{"a name with underscores is not emphasis", "veth_ns1_br0 and veth_ns2_br0", "veth_ns1_br0 and veth_ns2_br0\n"},
		{"a link is followed by its address", "see [here](http://a.b/)", "see here (http://a.b/)\n"},
		{"an address that is its own text is said once", "[http://a.b](http://a.b) <http://c.d>", "http://a.b http://c.d\n"},
		{"a picture is its text", "![a switch](x.png)", "a switch\n"},
		{"HTML is shown as it was typed", "a <b>c</b>\n\n<div>\nx\n</div>", "a <b>c</b>\n\n  <div>\n  x\n  </div>\n"},
		{"character references are resolved", "&lt;UP&gt; &amp; \\*", "<UP> & *\n"},
		{"a reference to a control character is harmless", "x&#27;[2J&#x9b;y", "x\\x1b[2J›y\n"},
		{"a heading", "# One\ntext", "One\n\ntext\n"},
		{"a tight list", "- one\n- two", "• one\n• two\n"},
		{"a loose list", "- one\n\n- two", "• one\n\n• two\n"},
		{"a list after a paragraph", "see:\n\n- one", "see:\n\n• one\n"},
		{"a numbered list keeps its start", "9. nine\n10. ten", "9. nine\n10. ten\n"},
		{"a list in a list", "- one\n  - in\n- two", "• one\n  • in\n• two\n"},
		{"a paragraph of an item is indented", "- one\n\n  more\n- two", "• one\n\n  more\n\n• two\n"},
		{"an item is wrapped below its text", "- one two three four five six seven eight nine", "• one two three four five six seven\n  eight nine\n"},
		{"a quote has a bar", "> one\n>\n> two", "│ one\n│\n│ two\n"},
		{"a code block is kept and indented", "```sh\nip  a\n\n  b\n```", "  ip  a\n\n    b\n"},
		{"an indented block too", "    ip a", "  ip a\n"},
		{"a rule", "---", "────────────────────\n"},
		{"a reference definition is not shown", "[x]: http://a.b\n\ntext [x]", "text x (http://a.b)\n"},
	}
}

func TestMarkdown(t *testing.T) {
	for _, tt := range mdCases() {
		t.Run(tt.name, func(t *testing.T) {
			got := laidOut(t, 40, tt.in)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRich(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"code is marked", "What does `ip a` show?", "What does `ip a` show?"},
		{"emphasis is taken", "Is it *really* so?", "Is it really so?"},
		{"what looks like a list stays", "1. Nothing", "1. Nothing"},
		{"what looks like a heading stays", "# of hosts", "# of hosts"},
		{"a prefix stays", "10.1.1.1/24, of course", "10.1.1.1/24, of course"},
		{"two paragraphs stay as they are", "a `b`\n\nc", "a `b`\n\nc"},
		{"nothing stays nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, s := range newCanvas(false, true, 80).rich(plain, tt.in) {
				got += s.text
			}
			if got != tt.want {
				t.Errorf("rich(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestDeepQuotesLeaveRoomForText(t *testing.T) {
	got := laidOut(t, 40, strings.Repeat("> ", 60)+"some words that need their room")
	for row := range strings.Lines(got) {
		if n := cells(strings.TrimSuffix(row, "\n")); n > 40 {
			t.Errorf("%d cells: %q", n, row)
		}
	}
	if !strings.Contains(got, "some words") {
		t.Errorf("no text: %q", got)
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, tt := range mdCases() {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 10000 {
			t.Skip("bounded by scenario")
		}
		got := laidOut(t, 40, src)
		if term.Clean(got) != got {
			t.Errorf("%q lets something through: %q", src, got)
		}
		for row := range strings.Lines(got) {
			if n := cells(strings.TrimSuffix(row, "\n")); n > 40 {
				t.Errorf("%d cells: %q", n, row)
			}
		}
	})
}
