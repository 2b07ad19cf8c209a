package measure

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

// Packets on their way out of a lab, many at once: for each the number of its
// point, its time in nanoseconds since 1970, whom it is for, its length, and
// the bytes that were kept, with their number before them. All numbers have
// the most significant byte first.
const packetHead = 4 + 8 + 1 + 4 + 4

// ErrBatch says that packets were cut, or never were any.
var ErrBatch = errors.New("these are no packets")

// fors are the words of For, in the order of their numbers in a batch.
func fors() []For {
	return []For{ForSomething, ForHost, ForAll, ForGroup, ForOther, ForOutgoing}
}

// AppendPacket adds a packet to a batch.
func AppendPacket(batch []byte, p Packet) []byte {
	batch = binary.BigEndian.AppendUint32(batch, uint32(p.Point))
	batch = binary.BigEndian.AppendUint64(batch, uint64(p.Time.UnixNano()))
	batch = append(batch, byte(max(0, slices.Index(fors(), p.For))))
	batch = binary.BigEndian.AppendUint32(batch, uint32(p.Len))
	batch = binary.BigEndian.AppendUint32(batch, uint32(len(p.Data)))
	return append(batch, p.Data...)
}

// BatchSize is how many bytes a packet takes in a batch.
func BatchSize(p Packet) int { return packetHead + len(p.Data) }

// ReadBatch returns the packets of a batch, which share its memory. Points is
// how many points there are so far. The error is ErrBatch.
func ReadBatch(batch []byte, points int) ([]Packet, error) {
	var out []Packet
	all := fors()
	for len(batch) > 0 {
		if len(batch) < packetHead {
			return out, ErrBatch
		}
		p := Packet{
			Point: int(binary.BigEndian.Uint32(batch)),
			Time:  time.Unix(0, int64(binary.BigEndian.Uint64(batch[4:]))),
			Len:   int(binary.BigEndian.Uint32(batch[13:])),
		}
		who, kept := int(batch[12]), int(binary.BigEndian.Uint32(batch[17:]))
		batch = batch[packetHead:]
		if p.Point >= points || who >= len(all) || kept > len(batch) || kept > p.Len {
			return out, ErrBatch
		}
		p.For, p.Data = all[who], batch[:kept:kept]
		batch = batch[kept:]
		out = append(out, p)
	}
	return out, nil
}
