package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/term"
)

// rows is what wrap makes of spans, as text.
func rows(spans []span, width int) []string {
	var out []string
	for _, l := range wrap(spans, width) {
		s := ""
		for _, part := range l {
			s += part.text
		}
		out = append(out, s)
	}
	return out
}

func TestWrap(t *testing.T) {
	whole := func(s string) span { return span{text: s, tone: code, whole: true} }
	tests := []struct {
		name  string
		in    []span
		width int
		want  []string
	}{
		{"nothing is one empty line", nil, 10, []string{""}},
		{"what fits stays on a line", []span{text("one two")}, 7, []string{"one two"}},
		{"a line is broken at a space", []span{text("one two three")}, 7, []string{"one two", "three"}},
		{"white space of any kind and length is one space", []span{text("  one\n\ttwo   ")}, 10, []string{"one two"}},
		{"a word of two tones stays together", []span{text("very "), in(strong, "im"), text("portant")}, 10, []string{"very", "important"}},
		{"a space at the border of spans counts", []span{text("one "), in(strong, "two")}, 20, []string{"one two"}},
		{"no space at the border means none", []span{text("("), in(strong, "two"), text(")")}, 20, []string{"(two)"}},
		{"a fixed space does not break", []span{text("about 3\u00a0ms")}, 8, []string{"about", "3\u00a0ms"}},
		{"a forced break breaks", []span{text("one"), {breaks: true}, text("two")}, 20, []string{"one", "two"}},
		{"a long word is broken hard", []span{text("abcdefghij")}, 4, []string{"abcd", "efgh", "ij"}},
		{"a long word begins a line of its own", []span{text("x abcdefghij")}, 4, []string{"x", "abcd", "efgh", "ij"}},
		{"a word after a long one goes on in its last line", []span{text("abcdef gh")}, 5, []string{"abcde", "f gh"}},
		{"a whole span is not broken", []span{text("use "), whole("ip link set up"), text(" now")}, 16, []string{"use", "ip link set up", "now"}},
		{"punctuation stays with a whole span", []span{text("use "), whole("ip link"), text(".")}, 9, []string{"use", "ip link."}},
		{"a whole span keeps its spaces", []span{whole("a  b")}, 10, []string{"a  b"}},
		{"a whole span that fits no line is broken at spaces", []span{whole("ip link set dev")}, 8, []string{"ip link", "set dev"}},
		{"a whole span in a too long word is moved before it is broken", []span{text("abcdefgh("), whole("ip a"), text(")")}, 9, []string{"abcdefgh(", "ip a)"}},
		{"wide characters take two cells", []span{text("网络命名空间")}, 8, []string{"网络命名", "空间"}},
		{"half a wide character does not fit", []span{text("网络命名空间")}, 7, []string{"网络命", "名空间"}},
		{"no space is put between wide characters", []span{text("虚拟网线 veth 有两端")}, 30, []string{"虚拟网线 veth 有两端"}},
		{"a line does not begin with a wide full stop", []span{text("一二三四。五")}, 8, []string{"一二三", "四。五"}},
		{"a line does not end with a wide bracket", []span{text("一二三（四五）")}, 8, []string{"一二三", "（四五）"}},
		{"a mark stays on its letter", []span{text("cafe\u0301s")}, 4, []string{"cafe\u0301", "s"}},
		{"a flag and a family are not cut", []span{text("👨‍👩‍👧🇩🇪")}, 2, []string{"👨‍👩‍👧", "🇩🇪"}},
		{"a width of nothing still ends", []span{text("ab")}, 0, []string{"ab"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, rows(tt.in, tt.width)); diff != "" {
				t.Errorf("wrap (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWrapKeepsTones(t *testing.T) {
	got := wrap([]span{text("say "), in(strong, "very loud"), text(" now")}, 40)
	want := line{text("say "), in(strong, "very loud"), text(" now")}
	if diff := cmp.Diff(want, merged(got[0]), cmp.AllowUnexported(span{})); diff != "" {
		t.Errorf("tones (-want +got):\n%s", diff)
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two three", "code span", "。网络", 7)
	f.Add("", "x", strings.Repeat("y", 100), 2)
	f.Add("e\u0301🇩🇪 \u00a0", "a  b", "（", 3)
	f.Fuzz(func(t *testing.T, a, b, c string, width int) {
		width = max(width%200, 2)
		a, b, c = term.Clean(a), term.Clean(b), term.Clean(c)
		in := []span{text(a), {text: b, tone: code, whole: true}, text(c)}
		got := rows(in, width)
		for _, row := range got {
			if n := cells(row); n > width && len(graphemes(row)) > 1 {
				t.Errorf("%d cells in a width of %d: %q", n, width, row)
			}
		}
		squash := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if want, got := squash(a+b+c), squash(strings.Join(got, "")); want != got {
			t.Errorf("text is lost or made:\n%q\n%q", want, got)
		}
	})
}

func FuzzChop(f *testing.F) {
	f.Add("    link/ether 6e:0f:3c:7a:91:d2 brd ff:ff:ff:ff:ff:ff", 20)
	f.Add("网络\t网络", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		s, width = term.Clean(s), max(width%200, 2)
		got := chop(s, width)
		if joined := strings.Join(got, ""); joined != untab(s) {
			t.Errorf("chop changed the text: %q, want %q", joined, untab(s))
		}
		for _, row := range got {
			if n := cells(row); n > width && len(graphemes(row)) > 1 {
				t.Errorf("%d cells in a width of %d: %q", n, width, row)
			}
		}
	})
}

func graphemes(s string) []string {
	var out []string
	for _, l := range wrap([]span{text(s)}, 2) {
		for _, p := range l {
			out = append(out, p.text)
		}
	}
	return out
}

func TestChop(t *testing.T) {
	tests := []struct {
		name, in string
		width    int
		want     []string
	}{
		{"a short line stays as it is", "  a  b", 10, []string{"  a  b"}},
		{"an empty line stays", "", 10, []string{""}},
		{"spaces at the beginning stay", "    link/ether aa brd ff", 16, []string{"    link/ether ", "aa brd ff"}},
		{"without a space in the second half it is cut anywhere", "a bcdefghijkl", 6, []string{"a bcde", "fghijk", "l"}},
		{"tabs go to the eighth column", "ab\tc\td", 80, []string{"ab      c       d"}},
		{"a tab after eight cells goes to the next stop", "12345678\tx", 80, []string{"12345678        x"}},
		{"wide characters are not halved", "网络命名", 5, []string{"网络", "命名"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, chop(tt.in, tt.width)); diff != "" {
				t.Errorf("chop (-want +got):\n%s", diff)
			}
		})
	}
}
