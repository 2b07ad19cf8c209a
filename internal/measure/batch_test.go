package measure

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestABatchComesBack(t *testing.T) {
	at := time.Unix(1700000000, 123456789)
	in := []Packet{
		{Point: 0, Time: at, For: ForHost, Len: 4, Data: []byte{1, 2, 3, 4}},
		{Point: 2, Time: at.Add(time.Nanosecond), For: ForOutgoing, Len: 9000, Data: []byte{0xff}},
		{Point: 1, Time: at, For: ForAll, Len: 60, Data: []byte{}},
		{Point: 1, Time: at, For: ForGroup, Len: 0, Data: []byte{}},
		{Point: 1, Time: at, For: ForOther, Len: 1, Data: []byte{0}},
		{Point: 1, Time: at, For: ForSomething, Len: 1, Data: []byte{0}},
	}
	var batch []byte
	size := 0
	for _, p := range in {
		batch = AppendPacket(batch, p)
		size += BatchSize(p)
	}
	if size != len(batch) {
		t.Errorf("it was to have %d bytes, and has %d", size, len(batch))
	}
	out, err := ReadBatch(batch, 3)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(in, out); d != "" {
		t.Error(d)
	}
}

func TestABatchThatIsNone(t *testing.T) {
	good := AppendPacket(nil, Packet{Point: 1, For: ForHost, Len: 3, Data: []byte("abc")})
	with := func(at int, b byte) []byte {
		out := bytes.Clone(good)
		out[at] = b
		return out
	}
	for _, tt := range []struct {
		name   string
		batch  []byte
		points int
		want   int
		err    error
	}{
		{"nothing", nil, 0, 0, nil},
		{"a good one", good, 2, 1, nil},
		{"a point that was not told", good, 1, 0, ErrBatch},
		{"cut in the head", good[:20], 2, 0, ErrBatch},
		{"cut in the data", good[:23], 2, 0, ErrBatch},
		{"a byte too much", append(bytes.Clone(good), 0), 2, 1, ErrBatch},
		{"for somebody that there is not", with(12, 9), 2, 0, ErrBatch},
		{"more kept than there was", with(16, 2), 2, 0, ErrBatch},
		{"the largest number", with(17, 0xff), 2, 0, ErrBatch},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := ReadBatch(tt.batch, tt.points)
			if len(out) != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%d packets, %v", len(out), err)
			}
		})
	}
}

func FuzzReadBatch(f *testing.F) {
	f.Add([]byte{})
	f.Add(AppendPacket(nil, Packet{For: ForHost, Len: 3, Data: []byte("abc")}))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := ReadBatch(in, 1<<32)
		var again []byte
		for _, p := range out {
			again = AppendPacket(again, p)
		}
		if !bytes.HasPrefix(in, again) || err == nil && len(again) != len(in) {
			t.Errorf("%d packets written again differ from what was read", len(out))
		}
	})
}
