package cli

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"netlab/internal/measure"
	"netlab/internal/render"
	"netlab/internal/trace"
)

// open makes what the packets are written to.
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
