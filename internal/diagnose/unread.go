package diagnose

import "netlab/internal/nss"

// waiting: a file that the library reads is a pipe, and nobody writes into it.
// It reads resolv.conf whatever the sources are.
func (q *search) waiting() []Cause {
	for _, f := range q.files.Each() {
		if f.File.Flaw == nss.Pipe && (f.Name != "hosts" || q.source("files")) {
			return []Cause{q.unread(f.File, true)}
		}
	}
	return nil
}

// unread: what a file says is not known, so that it may be what is missing.
func (q *search) unread(f nss.File, sure bool) Cause {
	return q.blame(FileUnread, q.from, sure, f.Flawed(), "ls -lL "+f.Path)
}
