package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"netlab/internal/control"
	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/term"
)

// Dig writes what comes of asking as dig does, in dig's own words. What netlab
// says besides goes to t.Err, so that t.Out is what the real dig prints.
type Dig struct {
	term  *term.Term
	cmd   dns.Command
	head  string // lines that come before everything else; empty when they are written
	now   func() time.Time
	wrong error
}

// NewDig begins with the lines of head, if dig shows its command line (+cmd).
func NewDig(t *term.Term, cmd dns.Command, head string) *Dig {
	d := &Dig{term: t, cmd: cmd, now: time.Now}
	for _, note := range cmd.Notes {
		d.put(t.Err, note+"\n")
	}
	if cmd.Cmd {
		d.head = "\n" + head + ";; global options: +cmd\n"
	}
	return d
}

// Tell writes one thing. The error is that of writing.
func (d *Dig) Tell(dug control.Dug) error {
	l := d.cmd.Lookups[min(dug.Lookup, len(d.cmd.Lookups)-1)]
	if dug.Note != "" {
		d.put(d.term.Err, "; netlab: "+dug.Note+"\n")
	}
	switch {
	case dug.Found == nil:
		d.remark(dug.Remark)
	case dug.Show && dug.Found.Answer != nil:
		d.answer(l, dug)
	case dug.Found.Fate != measure.Answered:
		d.odd(dug)
		d.put(d.term.Out, lostText(dug))
	default:
		d.remark(dug.Remark)
	}
	if dug.None {
		if !dug.Unsent() {
			d.begin()
		}
		d.put(d.term.Out, ";; no servers could be reached\n")
	}
	return d.wrong
}

func (d *Dig) put(to io.Writer, text string) {
	if _, err := io.WriteString(to, term.Clean(text)); err != nil && d.wrong == nil {
		d.wrong = err
	}
}

// begin writes the first lines.
func (d *Dig) begin() {
	d.put(d.term.Out, d.head)
	d.head = ""
}

func (d *Dig) remark(text string) {
	switch {
	case strings.HasPrefix(text, ";"):
		d.put(d.term.Out, text+"\n")
	case text != "":
		d.put(d.term.Err, text+"\n")
	}
}

// odd tells the messages that came and were no answer.
func (d *Dig) odd(dug control.Dug) {
	for _, text := range dug.Found.Odd {
		d.put(d.term.Out, ";; Warning: a message is passed over: "+text+"\n")
	}
}

// answer writes an answer as a whole.
func (d *Dig) answer(l dns.Lookup, dug control.Dug) {
	m := *dug.Found.Answer
	d.odd(dug)
	if dug.Found.Fallback {
		d.put(d.term.Out, ";; Truncated, retrying in TCP mode.\n")
	}
	if !strings.HasSuffix(dug.Remark, "REFERRAL") {
		d.remark(dug.Remark)
	}
	if l.Style.Short {
		d.short(l, dug)
		return
	}
	d.begin()
	if l.ShowSent && dug.Sent != nil {
		d.put(d.term.Out, d.sent(l, *dug.Sent))
	}
	text := ""
	if l.Style.Comments {
		text = ";; Got answer:\n" + l.Style.Header(m) + d.warning(dug) + "\n"
	}
	text += l.Style.Sections(m, dug.Sent)
	if strings.HasSuffix(dug.Remark, "REFERRAL") {
		text += dug.Remark + "\n"
	}
	d.put(d.term.Out, text+d.end(l, dug))
}

// warning is what dig advises when a server does not understand EDNS.
func (d *Dig) warning(dug control.Dug) string {
	m := dug.Found.Answer
	if dug.Sent == nil || dug.Sent.EDNS == nil || m.EDNS != nil || m.Status != dns.FormErr && m.Status != dns.NotImp {
		return ""
	}
	return fmt.Sprintf("\n;; WARNING: EDNS query returned status %s - retry with '+noedns'\n", m.Status)
}

func (d *Dig) sent(l dns.Lookup, m dns.Message) string {
	text := ""
	if l.Style.Comments {
		text = ";; Sending:\n" + l.Style.Header(m) + "\n"
	}
	text += l.Style.Sections(m, nil)
	if l.Style.Stats {
		text += fmt.Sprintf(";; QUERY SIZE: %d\n\n", m.Size)
	}
	return text
}

// end is what dig says below an answer: statistics, or in a walk from the root
// who has answered.
func (d *Dig) end(l dns.Lookup, dug control.Dug) string {
	f, server := dug.Found, dig(dug.Found.Server.Addr().String(), int(dug.Found.Server.Port()))
	name := dug.Server
	if name == "" {
		name = f.Server.Addr().String()
	}
	switch {
	case l.Style.Stats:
		how := "UDP"
		if f.TCP || f.Fallback {
			how = "TCP"
		}
		return fmt.Sprintf(";; Query time: %s\n;; SERVER: %s(%s) (%s)\n;; WHEN: %s\n;; MSG SIZE  rcvd: %d\n\n",
			d.took(f.RTT), server, name, how, d.now().Format("Mon Jan 02 15:04:05 MST 2006"), f.Answer.Size)
	case l.Identify:
		return fmt.Sprintf(";; Received %d bytes from %s(%s) in %s\n\n", f.Answer.Size, server, name, d.inShort(f.RTT))
	}
	return ""
}

func dig(addr string, port int) string { return fmt.Sprintf("%s#%d", addr, port) }

func (d *Dig) took(t time.Duration) string {
	if d.cmd.Micro {
		return fmt.Sprintf("%d usec", t.Microseconds())
	}
	return fmt.Sprintf("%d msec", t.Milliseconds())
}

func (d *Dig) inShort(t time.Duration) string {
	if d.cmd.Micro {
		return fmt.Sprintf("%d us", t.Microseconds())
	}
	return fmt.Sprintf("%d ms", t.Milliseconds())
}

// short writes the data of the answers alone.
func (d *Dig) short(l dns.Lookup, dug control.Dug) {
	for _, r := range dug.Found.Answer.Answers {
		text := l.Style.Data(r)
		if l.Identify {
			text += fmt.Sprintf(" from server %s in %s.", dug.Found.Server.Addr(), d.inShort(dug.Found.RTT))
		}
		d.put(d.term.Out, text+"\n")
	}
}
