package term

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Key is one press of a key: the character itself ("b", "?", " ", "é"), or a
// name. Names are longer than one character, so the two never meet. Control
// characters without a name of their own are "ctrl-" and the letter, keys with
// Alt are "alt-" and the key.
type Key string

// The keys with names.
const (
	Space     Key = " "
	Enter     Key = "enter"
	Tab       Key = "tab"
	Escape    Key = "escape"
	Backspace Key = "backspace"
	CtrlC     Key = "ctrl-c"
	CtrlD     Key = "ctrl-d"
	Up        Key = "up"
	Down      Key = "down"
	Left      Key = "left"
	Right     Key = "right"
	Home      Key = "home"
	End       Key = "end"
	Insert    Key = "insert"
	Delete    Key = "delete"
	PageUp    Key = "page-up"
	PageDown  Key = "page-down"
	Unknown   Key = "unknown" // a sequence that we have no name for
	EOF       Key = "eof"     // nobody is there any more
)

// escapeWait is how long the rest of an escape sequence may take: longer, and
// the key was Escape itself. Terminals send a sequence in one write; 50 ms
// also covers a slow remote line.
const escapeWait = 50 * time.Millisecond

// errQuiet is what the source of bytes says when no byte came in time.
var errQuiet = errors.New("no input in time")

// ReadKey waits for one key of In. While it waits, a terminal neither echoes
// nor turns Ctrl-C into a signal; before and after, it is as it was. It takes
// no more bytes than the key has, so what is typed ahead is still there for
// the next reader. The end of input is the key EOF. When ctx ends first, its
// error is returned.
func (t *Term) ReadKey(ctx context.Context) (Key, error) {
	restore, err := t.Keys()
	if err != nil {
		return "", err
	}
	defer restore()
	b, err := t.readByte(ctx, 0)
	switch {
	case errors.Is(err, io.EOF):
		return EOF, nil
	case err != nil:
		return "", err
	}
	return keyOf(b, func() (byte, error) { return t.readByte(ctx, escapeWait) }), nil
}

// keyOf names the key that begins with byte b; next gives the bytes after it,
// or an error when there are none.
func keyOf(b byte, next func() (byte, error)) Key {
	switch {
	case b == 0x1b:
		return escape(next)
	case b == '\r' || b == '\n':
		return Enter
	case b == '\t':
		return Tab
	case b == 0x7f || b == '\b':
		return Backspace
	case b < 0x20:
		return Key("ctrl-" + strings.ToLower(string(rune('@'+b))))
	case b < utf8.RuneSelf:
		return Key(rune(b))
	}
	return character(b, next)
}

// character reads the rest of a UTF-8 sequence.
func character(b byte, next func() (byte, error)) Key {
	seq := []byte{b}
	for !utf8.FullRune(seq) {
		b, err := next()
		if err != nil {
			return Unknown
		}
		seq = append(seq, b)
	}
	if r, n := utf8.DecodeRune(seq); n == len(seq) && r != utf8.RuneError {
		return Key(seq)
	}
	return Unknown
}

// escape names what follows an escape character: nothing (the key itself), a
// control sequence (ECMA-48 5.4), a keypad sequence, or a key with Alt.
func escape(next func() (byte, error)) Key {
	b, err := next()
	switch {
	case err != nil:
		return Escape
	case b == '[':
		return sequence(next)
	case b == 'O':
		if b, err = next(); err != nil {
			return "alt-O"
		}
		return arrow(b)
	case b == 0x1b:
		return Escape
	}
	return "alt-" + keyOf(b, next)
}

// maxSequence ends a control sequence that never ends.
const maxSequence = 32

func sequence(next func() (byte, error)) Key {
	var params strings.Builder
	for range maxSequence {
		b, err := next()
		switch {
		case err != nil:
			return Unknown
		case b == '[' && params.Len() == 0: // function keys of the Linux console
			_, _ = next()
			return Unknown
		case b == '~':
			return numbered(params.String())
		case b >= 0x40 && b <= 0x7e:
			return arrow(b)
		}
		params.WriteByte(b)
	}
	return Unknown
}

func arrow(final byte) Key {
	switch final {
	case 'A':
		return Up
	case 'B':
		return Down
	case 'C':
		return Right
	case 'D':
		return Left
	case 'H':
		return Home
	case 'F':
		return End
	case 'M':
		return Enter
	}
	return Unknown
}

func numbered(params string) Key {
	number, _, _ := strings.Cut(params, ";")
	switch number {
	case "1", "7":
		return Home
	case "4", "8":
		return End
	case "2":
		return Insert
	case "3":
		return Delete
	case "5":
		return PageUp
	case "6":
		return PageDown
	}
	return Unknown
}
