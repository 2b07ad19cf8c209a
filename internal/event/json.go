package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrVersion is wrapped by Decode for an event of another version of the format.
var ErrVersion = errors.New("unknown event version")

// Encode returns the event as one line of JSON with its newline, and V set.
// Characters that act on a terminal (controls, direction marks, zero-width
// characters) are written as \u escapes, so that the line can be shown as it
// is and still holds the exact text.
func Encode(e Event) ([]byte, error) {
	e.V = Version
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("encoding event %q: %v", e.Kind, err)
	}
	return escape(b.Bytes()), nil
}

// escape rewrites the acting characters of a JSON line. They can only stand
// inside strings, where an escape means the same.
func escape(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		switch {
		case r == '\n' || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			out = append(out, line[:n]...)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		line = line[n:]
	}
	return out
}

// Decode reads one line that Encode wrote. Fields it does not know are
// ignored, so that a newer netlab of the same version can add some; kinds it
// does not know are kept.
func Decode(line []byte) (Event, error) {
	var e Event
	if err := json.Unmarshal(line, &e); err != nil {
		return Event{}, fmt.Errorf("not an event: %v", err)
	}
	if e.V != Version {
		return Event{}, fmt.Errorf("%w %d (this netlab reads %d)", ErrVersion, e.V, Version)
	}
	if e.Kind == "" {
		return Event{}, errors.New("not an event: it has no kind")
	}
	return e, nil
}

// Untimed removes what differs between two equal runs: how long things took.
func Untimed(e Event) Event {
	e.Millis = 0
	return e
}

// Kinds lists all kinds of events.
func Kinds() []Kind {
	return []Kind{
		RunStart, LessonStart, Scene, StepStart, Predict, Predicted, Command, Word, Netlink, Output, CommandEnd, Change, Picture, Check,
		Misbelief, RealLife, Hint, Note, StepEnd, Recap, Quiz, Built, Left, LessonEnd, Fault, RunEnd,
	}
}
