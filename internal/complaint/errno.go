package complaint

import "strings"

// Errno is an error number of the kernel: its name, and what programs print
// for it (strerror of the GNU C library).
type Errno struct {
	Number int
	Name   string
	Text   string
}

// errnos are those that the network has to do with, from
// asm-generic/errno-base.h and asm-generic/errno.h; the texts are those that
// errno(3) and the C library have.
func errnos() []Errno {
	return []Errno{
		{1, "EPERM", "Operation not permitted"},
		{2, "ENOENT", "No such file or directory"},
		{3, "ESRCH", "No such process"},
		{4, "EINTR", "Interrupted system call"},
		{5, "EIO", "Input/output error"},
		{6, "ENXIO", "No such device or address"},
		{7, "E2BIG", "Argument list too long"},
		{9, "EBADF", "Bad file descriptor"},
		{11, "EAGAIN", "Resource temporarily unavailable"},
		{12, "ENOMEM", "Cannot allocate memory"},
		{13, "EACCES", "Permission denied"},
		{14, "EFAULT", "Bad address"},
		{16, "EBUSY", "Device or resource busy"},
		{17, "EEXIST", "File exists"},
		{18, "EXDEV", "Invalid cross-device link"},
		{19, "ENODEV", "No such device"},
		{20, "ENOTDIR", "Not a directory"},
		{21, "EISDIR", "Is a directory"},
		{22, "EINVAL", "Invalid argument"},
		{23, "ENFILE", "Too many open files in system"},
		{24, "EMFILE", "Too many open files"},
		{28, "ENOSPC", "No space left on device"},
		{30, "EROFS", "Read-only file system"},
		{32, "EPIPE", "Broken pipe"},
		{34, "ERANGE", "Numerical result out of range"},
		{36, "ENAMETOOLONG", "File name too long"},
		{38, "ENOSYS", "Function not implemented"},
		{40, "ELOOP", "Too many levels of symbolic links"},
		{61, "ENODATA", "No data available"},
		{71, "EPROTO", "Protocol error"},
		{74, "EBADMSG", "Bad message"},
		{75, "EOVERFLOW", "Value too large for defined data type"},
		{76, "ENOTUNIQ", "Name not unique on network"},
		{88, "ENOTSOCK", "Socket operation on non-socket"},
		{89, "EDESTADDRREQ", "Destination address required"},
		{90, "EMSGSIZE", "Message too long"},
		{92, "ENOPROTOOPT", "Protocol not available"},
		{93, "EPROTONOSUPPORT", "Protocol not supported"},
		{95, "EOPNOTSUPP", "Operation not supported"},
		{97, "EAFNOSUPPORT", "Address family not supported by protocol"},
		{98, "EADDRINUSE", "Address already in use"},
		{99, "EADDRNOTAVAIL", "Cannot assign requested address"},
		{100, "ENETDOWN", "Network is down"},
		{101, "ENETUNREACH", "Network is unreachable"},
		{103, "ECONNABORTED", "Software caused connection abort"},
		{104, "ECONNRESET", "Connection reset by peer"},
		{105, "ENOBUFS", "No buffer space available"},
		{106, "EISCONN", "Transport endpoint is already connected"},
		{107, "ENOTCONN", "Transport endpoint is not connected"},
		{110, "ETIMEDOUT", "Connection timed out"},
		{111, "ECONNREFUSED", "Connection refused"},
		{112, "EHOSTDOWN", "Host is down"},
		{113, "EHOSTUNREACH", "No route to host"},
		{114, "EALREADY", "Operation already in progress"},
		{115, "EINPROGRESS", "Operation now in progress"},
	}
}

// ByNumber finds an error number; without a name and a text it is not known.
func ByNumber(n int) Errno {
	for _, e := range errnos() {
		if e.Number == n {
			return e
		}
	}
	return Errno{Number: n}
}

// byName finds the error of a name, in any case.
func byName(name string) (Errno, bool) {
	name = strings.ToUpper(name)
	if name == "ENOTSUP" { // the same number on Linux
		name = "EOPNOTSUPP"
	}
	for _, e := range errnos() {
		if e.Name == name {
			return e, true
		}
	}
	return Errno{}, false
}
