package control

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
	"netlab/internal/scenario"
)

// frame is a frame as bytes, with the size that its head says.
func frame(size uint32, kind Kind, payload string) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, size), byte(kind)), payload...)
}

func TestValuesComeBack(t *testing.T) {
	var b bytes.Buffer
	c := New(&b)
	req := Request{Verb: Load, Scenario: &scenario.Scenario{Name: "one", Steps: []scenario.Step{{Run: "ip link"}}},
		Chain: []scenario.Scenario{{Name: "zero"}}, Number: 3, Quiet: true, Rows: 24, Cols: 80, Node: "ns1"}
	ans := Answer{Status: "skip", Text: "no nft", Exit: 7, Error: "broken", Features: []Feature{{Name: "nft", Why: "none"}}}
	ev := event.Event{V: 1, Kind: event.Output, Text: "line\n\x00\x1b[31m ⇄"}
	for kind, v := range map[Kind]any{KindRequest: req, KindAnswer: ans, KindEvent: ev} {
		if err := c.Send(kind, v); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		f, err := c.Receive()
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		switch f.Kind {
		case KindRequest:
			want, got = req, into[Request](t, f)
		case KindAnswer:
			want, got = ans, into[Answer](t, f)
		case KindEvent:
			want, got = ev, into[event.Event](t, f)
		}
		if d := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)); d != "" && f.Kind != KindRequest {
			t.Errorf("%c: %s", f.Kind, d)
		}
		if r, ok := got.(Request); ok && (r.Scenario.Steps[0].Run != "ip link" || r.Chain[0].Name != "zero" || r.Number != 3 || !r.Quiet || r.Node != "ns1") {
			t.Errorf("%+v", r)
		}
	}
	if _, err := c.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func into[T any](t *testing.T, f Frame) T {
	t.Helper()
	var v T
	if err := f.Into(&v); err != nil {
		t.Error(err)
	}
	return v
}

func TestIntoNamesTheFrame(t *testing.T) {
	var ev event.Event
	if err := (Frame{KindEvent, []byte("{")}).Into(&ev); err == nil || !strings.Contains(err.Error(), `control frame 'e'`) {
		t.Errorf("error = %v", err)
	}
}

func TestReceive(t *testing.T) {
	big := strings.Repeat("x", MaxFrame)
	for _, tt := range []struct {
		name string
		in   []byte
		want []string // kinds and lengths of the frames
		err  string
	}{
		{"nothing", nil, nil, "EOF"},
		{"an empty frame", frame(0, KindBytes, ""), []string{"b 0"}, "EOF"},
		{"two frames", append(frame(2, KindBytes, "hi"), frame(3, KindEvent, "{ }")...), []string{"b 2", "e 3"}, "EOF"},
		{"a kind that nobody knows", frame(1, 'z', "!"), []string{"z 1"}, "EOF"},
		{"the largest", frame(MaxFrame, KindBytes, big), []string{fmt.Sprintf("b %d", MaxFrame)}, "EOF"},
		{"one larger", frame(MaxFrame+1, KindBytes, big+"x"), nil, "control frame of 4194305 bytes: the limit is 4194304"},
		{"the largest number", frame(1<<32-1, KindBytes, "x"), nil, "control frame of 4294967295 bytes: the limit is 4194304"},
		{"cut in the head", frame(2, KindBytes, "")[:3], nil, "unexpected EOF"},
		{"cut before the payload", frame(2, KindBytes, ""), nil, "unexpected EOF"},
		{"cut in the payload", frame(5, KindBytes, "ab"), nil, "unexpected EOF"},
		{"cut in the second", append(frame(1, KindBytes, "a"), frame(9, KindBytes, "b")...), []string{"b 1"}, "unexpected EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := receiveAll(tt.in)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if err.Error() != tt.err {
				t.Errorf("error = %v, want %s", err, tt.err)
			}
		})
	}
}

// receiveAll reads to the end, which is an error.
func receiveAll(in []byte) ([]string, error) {
	c := New(bytes.NewBuffer(in))
	var all []string
	for {
		f, err := c.Receive()
		if err != nil {
			return all, err
		}
		all = append(all, fmt.Sprintf("%c %d", f.Kind, len(f.Payload)))
	}
}

func TestSendRefusesWhatIsTooLarge(t *testing.T) {
	var b bytes.Buffer
	c := New(&b)
	if err := c.SendBytes(KindBytes, make([]byte, MaxFrame+1)); err == nil || b.Len() > 0 {
		t.Errorf("error = %v, %d bytes were sent", err, b.Len())
	}
	if err := c.Send(KindEvent, strings.Repeat("x", MaxFrame)); err == nil || b.Len() > 0 {
		t.Errorf("as JSON: error = %v, %d bytes were sent", err, b.Len())
	}
	if err := c.Send(KindEvent, func() {}); err == nil || b.Len() > 0 {
		t.Errorf("no JSON: error = %v, %d bytes were sent", err, b.Len())
	}
	if err := c.SendBytes(KindBytes, make([]byte, MaxFrame)); err != nil {
		t.Errorf("the largest: %v", err)
	}
}

func TestAFrameIsOneWrite(t *testing.T) {
	w := &writes{}
	if err := New(w).SendBytes(KindBytes, []byte("abc")); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]byte{frame(3, KindBytes, "abc")}, w.all); d != "" {
		t.Error(d)
	}
	w.err = errors.New("full")
	if err := New(w).Send(KindEvent, 1); !errors.Is(err, w.err) {
		t.Errorf("error = %v", err)
	}
}

type writes struct {
	all [][]byte
	err error
}

func (w *writes) Read([]byte) (int, error) { return 0, io.EOF }

func (w *writes) Write(p []byte) (int, error) {
	w.all = append(w.all, bytes.Clone(p))
	return len(p), w.err
}

func TestManySendersDoNotMix(t *testing.T) {
	const senders, each = 8, 200
	left, right := net.Pipe()
	var wg sync.WaitGroup
	out := New(left)
	for n := range senders {
		wg.Go(func() {
			for i := range each {
				payload := bytes.Repeat([]byte{byte('a' + n)}, 1+i*7%500)
				if err := out.SendBytes(Kind('a'+n), payload); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	go func() {
		wg.Wait()
		left.Close()
	}()
	in := New(right)
	count := 0
	for {
		f, err := in.Receive()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		count++
		if len(bytes.Trim(f.Payload, string(rune(f.Kind)))) > 0 {
			t.Fatalf("a frame of %c has bytes of another one", f.Kind)
		}
	}
	if count != senders*each {
		t.Errorf("%d frames came, want %d", count, senders*each)
	}
}

func FuzzReceive(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(frame(2, KindBytes, "hi"))
	f.Add(append(frame(2, KindRequest, "{}"), frame(0, KindAnswer, "")...))
	f.Add(frame(MaxFrame, KindEvent, "short"))
	f.Add(frame(1<<32-1, KindEvent, "short"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var again bytes.Buffer
		c, out := New(bytes.NewBuffer(bytes.Clone(in))), New(&again)
		frames := 0
		for {
			f, err := c.Receive()
			if err != nil {
				break
			}
			frames++
			if err := out.SendBytes(f.Kind, f.Payload); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(in, again.Bytes()) {
			t.Errorf("%d frames sent again differ from what was received", frames)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 2*MaxFrame+64*uint64(len(in))+1<<20 {
			t.Errorf("%d bytes of input took %d bytes of memory", len(in), grown)
		}
	})
}
