package op

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everyLine is all lines of all tables, the seeds of the fuzzers.
func everyLine(t testing.TB) []string {
	t.Helper()
	all := append(lines(t, "lines.txt", "ok\t"), lines(t, "lines.txt", "bad\t")...)
	all = append(all, lines(t, "left.txt", "")...)
	return append(all, lines(t, "questions.txt", "")...)
}

func FuzzParse(f *testing.F) {
	for _, line := range everyLine(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line, err := ParseLine(text)
		if err != nil {
			checkError(t, text, err)
			return
		}
		sameAgain(t, line)
		if Summary(line) == "" {
			t.Errorf("%q has no summary", text)
		}
	})
}

// checkError holds what every error promises: its text is one line, and a
// place that exists.
func checkError(t *testing.T, text string, err error) {
	t.Helper()
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q: the error has more than one line: %v", text, err)
	}
	var syntax *SyntaxError
	if errors.As(err, &syntax) && (syntax.Index < 0 || syntax.Index > len(syntax.Args)) {
		t.Errorf("%q: the error is at word %d of %d", text, syntax.Index, len(syntax.Args))
	}
}

// sameAgain holds the two laws: what is printed is read as the same line, and
// printing that changes nothing.
func sameAgain(t *testing.T, line Line) {
	t.Helper()
	again, err := Parse(line.Args())
	if err != nil {
		t.Fatalf("printed as %q: %v", line, err)
	}
	if diff := cmp.Diff(line, again, plain()); diff != "" {
		t.Fatalf("printed as %q and read again (-first +again):\n%s", line, diff)
	}
	typed, err := ParseLine(line.String())
	if err != nil || typed.String() != line.String() {
		t.Fatalf("%q is read as %q, %v", line, typed, err)
	}
}

// FuzzRoundTrip fills the rows of an op directly, past the grammar, so that it
// reaches values and combinations that are rare in typed lines.
func FuzzRoundTrip(f *testing.F) {
	for i := range All() {
		for _, words := range samples() {
			f.Add(uint8(i), strings.Join(words, "\n"), "ns1", uint8(i%3))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, words, ns string, family uint8) {
		o := All()[int(kind)%len(All())]
		fillRows(o, strings.SplitN(words, "\n", 12))
		line := Line{Netns: ns, Family: []Family{AnyFamily, IPv4, IPv6}[family%3], Op: o}
		again, err := Parse(line.Args())
		if err != nil {
			return // not every filling is a line of ip: a need is not met, families are mixed
		}
		if got := again.Args(); !cmp.Equal(got, line.Args()) {
			t.Errorf("%q is printed as %q", line.Args(), got)
		}
		sameAgain(t, again)
	})
}

// samples are words of all kinds, for rows to choose from.
func samples() [][]string {
	return [][]string{
		{"veth1", "10.1.1.1/24", "02:00:00:00:00:01", "1", "on"},
		{"veth", "a", "ns2", "10.0.0.1", "1400", "up", "0"},
		{"vxlan", "100", "eth0", "10.0.0.2", "239.1.1.1", "4789"},
		{"bridge", "br0", "1", "0", "200", "30000"},
		{"default", "fe80::1", "main", "static", "link", "7"},
		{"net.ipv4.ip_forward=1", "blackhole", "2001:db8::/32", "permanent"},
	}
}

// fillRows offers the words to the rows, one after the other in a circle.
func fillRows(o Op, words []string) {
	for i := 0; i < len(o.fields()); i++ {
		row := o.fields()[i]
		for j := range words {
			word := words[(i+j)%len(words)]
			if row.val.flag {
				word = row.keywords()[len(word)%len(row.keywords())]
			}
			if row.val.set(word) == nil {
				break
			}
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, line := range everyLine(f) {
		f.Add(line)
	}
	f.Add(`a 'b c' "d \" e" f\ g '' #h`)
	f.Fuzz(func(t *testing.T, text string) {
		words, err := Split(text)
		if err != nil {
			return
		}
		for i, w := range words {
			words[i] = quote(w)
		}
		again, err := Split(strings.Join(words, " "))
		if err != nil {
			t.Fatalf("%q quoted is %q: %v", text, words, err)
		}
		for i := range again {
			again[i] = quote(again[i])
		}
		if !cmp.Equal(words, again) {
			t.Errorf("%q quoted is %q, and split again %q", text, words, again)
		}
	})
}

func FuzzExplain(f *testing.F) {
	for _, line := range everyLine(f) {
		f.Add(line)
	}
	f.Add("ip netns exec ns1 ping -c1 10.1.1.2")
	f.Add("sudo ping -W1 -c 3 host")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Explain(text)
		if err != nil {
			return
		}
		words, err := Split(withoutPrompt(text))
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != len(words) {
			t.Fatalf("%q: %d words, %d meanings", text, len(words), len(all))
		}
		for i, m := range all {
			if m.Word != words[i] || m.Text == "" {
				t.Errorf("%q: word %d is %q and means %q", text, i, m.Word, m.Text)
			}
		}
		if _, err := ParseQuery(words); err == nil {
			if _, err := Parse(words); !errors.Is(err, ErrQuestion) {
				t.Errorf("%q is a question, and Parse says %v", text, err)
			}
		}
	})
}
