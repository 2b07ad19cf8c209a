package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// intoFile lets work write to a file as it does to the terminal. A file that
// is there is replaced when all is written, and never half; what is no regular
// file, such as /dev/stderr or a pipe, is written to.
func (a *app) intoFile(name string, work func(*app) error) error {
	var b bytes.Buffer
	t := *a.term
	t.Out, t.OutTTY, t.OutColour = &b, false, false
	to := *a
	to.term = &t
	if err := work(&to); err != nil {
		return err
	}
	err := replaceFile(name, b.Bytes())
	var path *fs.PathError
	if errors.As(err, &path) && !exhausted(err) {
		return &usageError{"cannot write " + quote(name) + ": " + path.Err.Error(), "-o takes a file in a folder that is there and is yours"}
	}
	return err
}

func replaceFile(name string, text []byte) error {
	mode := fs.FileMode(0o666)
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeAndRename(name, text, mode, false)
	case err != nil:
		return err
	case info.IsDir():
		return &usageError{quote(name) + " is a folder", "-o takes a file"}
	case !info.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(text)
		return errors.Join(err, f.Close())
	}
	if name, err = filepath.EvalSymlinks(name); err != nil {
		return err
	}
	return writeAndRename(name, text, info.Mode().Perm(), true)
}

// writeAndRename writes into a new file beside name and gives it that name. A
// mode that is not exact is one for the umask.
func writeAndRename(name string, text []byte, mode fs.FileMode, exact bool) error {
	part := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".part")
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) { // left over from one that was killed
		if err := os.Remove(part); err != nil {
			return err
		}
		f, err = os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if exact {
		err = errors.Join(err, f.Chmod(mode))
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(part, name)
	}
	if err != nil {
		_ = os.Remove(part)
	}
	return err
}
