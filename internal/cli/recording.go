package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"netlab/internal/control"
	"netlab/internal/measure"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/term"
	"netlab/internal/trace"
)

// packetSink is where captured packets go to.
type packetSink interface {
	Point(measure.Point) error
	Packets([]render.Captured) error
	// End is called once, with how many frames were lost, by namespace.
	End(begin time.Time, lost map[string]int) error
}

// recording is a capture while it runs.
type recording struct {
	a     *app
	opt   captureOptions
	lab   control.Lab
	begin time.Time
	sink  packetSink // nil before the first interface
	done  func()     // ends it, once

	points, packets int
	marks           []control.Moment // that no packet has followed yet
	lost            map[string]int
}

func captureLab(ctx context.Context, a *app, opt captureOptions) error {
	if err := opt.wrong(a); err != nil {
		return err
	}
	home := openLabs()
	defer home.Close()
	client, lab, err := home.enter(ctx, opt.lab)
	if err != nil {
		return err
	}
	defer client.Close()
	what, err := opt.listening(lab)
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	r := &recording{a: a, opt: opt, lab: lab, done: sync.OnceFunc(func() { close(stop) })}
	ctx, cancel := r.untilTold(ctx)
	defer cancel()
	return r.finish(ctx, client.Capture(ctx, what, stop, r.take))
}

// untilTold ends the capture in order on a signal, and at once on the second.
// The third ends netlab itself, which may wait for whoever reads its output.
func (r *recording) untilTold(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals, unlisten := r.a.passedOn()
	go func() {
		for first := true; ; first = false {
			select {
			case <-ctx.Done():
				return
			case s := <-signals:
				if first {
					r.done()
					continue
				}
				if n, ok := s.(syscall.Signal); ok {
					cancel(&signalled{n})
				}
				unlisten()
				return
			}
		}
	}()
	return ctx, func() {
		unlisten()
		cancel(nil)
	}
}

// take handles what comes out of the lab.
func (r *recording) take(c run.Captured) error {
	switch {
	case c.Point != nil:
		if err := r.start(); err != nil {
			return err
		}
		r.points++
		return r.sink.Point(*c.Point)
	case c.Mark != nil:
		r.marks = append(r.marks, *c.Mark)
	case c.Lost != nil:
		r.lost = c.Lost
	case len(c.Packets) > 0:
		return r.keep(c.Packets)
	}
	return nil
}

// start opens the output as soon as it is sure that there is a capture.
func (r *recording) start() error {
	if r.sink != nil {
		return nil
	}
	r.begin = time.Now()
	sink, err := r.open()
	if err != nil {
		return err
	}
	r.sink = sink
	if r.opt.duration > 0 {
		time.AfterFunc(r.opt.duration, r.done)
	}
	of := ""
	if r.opt.filter != "" {
		of = " (" + r.opt.filter + ")"
	}
	return r.say("capturing in the lab " + r.lab.Name + of + "; Ctrl-C ends it")
}

func (r *recording) open() (packetSink, error) {
	switch {
	case r.opt.asJSON:
		return render.NewCaptureJSON(r.a.term), nil
	case r.opt.file == "":
		return render.NewCaptureLines(r.a.term, r.begin), nil
	case r.opt.file == "-":
		return r.toFile(r.a.term.Out, nil), nil
	}
	f, err := os.OpenFile(r.opt.file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	var path *fs.PathError
	if errors.As(err, &path) && !exhausted(err) {
		return nil, &usageError{"cannot write " + quote(r.opt.file) + ": " + path.Err.Error(), "-o takes a file in a folder that is there and is yours"}
	}
	if err != nil {
		return nil, err
	}
	return r.toFile(f, f), nil
}

// keep hands packets on, each with the marks before it, but no more than were
// asked for.
func (r *recording) keep(packets []measure.Packet) error {
	if r.opt.count > 0 {
		packets = packets[:min(len(packets), r.opt.count-r.packets)]
	}
	out := make([]render.Captured, len(packets))
	for i, p := range packets {
		out[i] = render.Captured{Packet: p, Notes: r.notes(p.Time)}
	}
	if len(out) == 0 {
		return nil
	}
	r.packets += len(out)
	if r.packets == r.opt.count {
		r.done()
	}
	return r.sink.Packets(out)
}

// notes are the marks before a moment: each step, and the last command.
func (r *recording) notes(before time.Time) []string {
	var out []string
	command := ""
	for len(r.marks) > 0 && !r.marks[0].Time.After(before) {
		m := r.marks[0]
		r.marks = r.marks[1:]
		if m.Command {
			command = "command: " + m.Text
			continue
		}
		out, command = append(out, m.Text), ""
	}
	if command != "" {
		out = append(out, command)
	}
	return out
}

// finish completes the output, whatever has ended the capture, and says what
// there is.
func (r *recording) finish(ctx context.Context, err error) error {
	if r.sink == nil {
		return left(ctx, r.nowhere(err))
	}
	ended := r.sink.End(r.begin, r.lost)
	if err == nil || errors.Is(err, run.ErrGone) {
		err = errors.Join(err, ended)
	}
	if term.Closed(r.a.term.OutErr()) {
		return err // nobody reads any more: end quietly
	}
	return left(ctx, errors.Join(err, r.say(r.summary())))
}

// nowhere words an interface that a node does not have.
func (r *recording) nowhere(err error) error {
	var l *run.Lacking
	switch {
	case !errors.As(err, &l):
		return err
	case l.What == control.MissingLink:
		return &usageError{l.Text, "netlab inspect shows the interfaces of each node"}
	}
	return &usageError{l.Text, "its nodes are " + render.Few(append([]string{"host"}, r.lab.Nodes...))}
}

func (r *recording) summary() string {
	out := plural(r.packets, "packet") + " at " + plural(r.points, "interface") + ", "
	if len(r.lost) == 0 {
		return out + "none lost"
	}
	var all []string
	for _, node := range slices.Sorted(maps.Keys(r.lost)) {
		all = append(all, fmt.Sprintf("%d in %s", r.lost[node], node))
	}
	return out + "LOST, because netlab was too slow: " + strings.Join(all, ", ") + " (fewer places, a --filter or --snaplen 128 help)"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// say tells something about the capture, which is not part of it.
func (r *recording) say(text string) error {
	_, err := fmt.Fprintln(r.a.term.Err, text)
	return err
}

// fileSink writes a capture file.
type fileSink struct {
	*trace.Pcapng
	file io.Closer // nil: it is not ours
}

// roomForPackets is how much is written at once, in bytes.
const roomForPackets = 256 << 10

func (r *recording) toFile(w io.Writer, file io.Closer) fileSink {
	comment := "lab " + r.lab.Name + ", lesson " + r.lab.Lesson
	if r.lab.Title != "" {
		comment += ": " + r.lab.Title
	}
	return fileSink{trace.NewPcapng(bufio.NewWriterSize(w, roomForPackets), trace.Section{
		Program: "netlab " + version(), Comment: comment, Filter: r.opt.filter, Snap: r.opt.snap,
	}), file}
}

func (s fileSink) Point(p measure.Point) error { return errors.Join(s.Interface(p), s.Flush()) }

func (s fileSink) Packets(all []render.Captured) error {
	for _, p := range all {
		if err := s.Packet(p.Packet, p.Notes...); err != nil {
			return err
		}
	}
	return s.Flush()
}

func (s fileSink) End(begin time.Time, lost map[string]int) error {
	err := s.Pcapng.End(begin, time.Now(), lost)
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
	}
	return err
}
