package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

// whatItIs is the first line of the small resolver.
const whatItIs = "netlab's small resolver, since this machine has no unbound; it knows the way from the root, aliases, caching, UDP and TCP, " +
	"IPv4 and IPv6, and who may ask; it knows no DNSSEC, no forwarding and no data of its own"

// Unbound is the main function of the process called unbound: a small resolver
// that reads unbound's settings.
func Unbound() int {
	runtime.GOMAXPROCS(min(maxThreads, runtime.NumCPU()))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	return runUnbound(os.Args[1:], os.NewFile(2, "stderr"), stop)
}

// flags are the arguments of unbound(8).
type flags struct {
	file      string
	verbosity int
	daemon    bool
	noPidFile bool
	help      bool
	version   bool
}

const unboundUsage = `usage: unbound [options]
  -c file  the settings, as unbound.conf(5) has them; /etc/unbound/unbound.conf
  -d       do not fork into the background (this one never does)
  -p       make no file with the process's number
  -v       say more; more of it, more
  -V       say what this is
  -h       this help`

func parseFlags(args []string) (flags, error) {
	f := flags{file: "/etc/unbound/unbound.conf", daemon: true}
	for i := 0; i < len(args); i++ {
		letters, ok := strings.CutPrefix(args[i], "-")
		if !ok || letters == "" {
			return f, fmt.Errorf("unbound: what is %q for?", args[i])
		}
		letters, file, isFile := strings.Cut(letters, "c")
		for _, c := range letters {
			if !f.set(c) {
				return f, fmt.Errorf("unbound: invalid option -- '%c'", c)
			}
		}
		if !isFile {
			continue
		}
		if file == "" && i+1 < len(args) {
			i++
			file = args[i]
		}
		if f.file = file; file == "" {
			return f, errors.New("unbound: option requires an argument -- 'c'")
		}
	}
	return f, nil
}

// set switches an option on, and says whether there is one of that letter.
func (f *flags) set(letter rune) bool {
	switch letter {
	case 'd':
		f.daemon = false
	case 'p':
		f.noPidFile = true
	case 'v':
		f.verbosity++
	case 'V':
		f.version = true
	case 'h':
		f.help = true
	default:
		return false
	}
	return true
}

// runUnbound serves until a signal ends it, and returns the exit code.
func runUnbound(args []string, stderr io.Writer, signals <-chan os.Signal) int {
	f, err := parseFlags(args)
	if err != nil || f.help || f.version {
		if err != nil {
			fmt.Fprintln(stderr, err)
		}
		fmt.Fprintln(stderr, whatItIs)
		if f.version {
			return 0
		}
		fmt.Fprintln(stderr, unboundUsage)
		return 1
	}
	log := &logger{pid: os.Getpid(), now: time.Now, to: stderr}
	log.line("notice", whatItIs)
	d, err := prepare(f, log)
	if err != nil {
		var conf *confErrors
		if errors.As(err, &conf) {
			fmt.Fprintln(stderr, err)
			err = errors.New("could not read config file: " + conf.file)
		}
		log.line("fatal error", "%v", err)
		return 1
	}
	defer d.close()
	return d.run(signals)
}

// daemon is a resolver that waits for questions.
type daemon struct {
	log      *logger
	conf     config
	resolver *resolver
	servers  []*dns.Server
	opened   []io.Closer
	pidFile  string
}

// prepare reads the settings and opens the ports.
func prepare(f flags, log *logger) (*daemon, error) {
	conf, err := loadConf(f, log)
	if err != nil {
		return nil, err
	}
	d := &daemon{log: log, conf: conf}
	log.verbosity = conf.verbosity + f.verbosity
	h, err := loadHints(conf)
	if err != nil {
		return nil, err
	}
	rules := newRules(h, conf.types(), mayAsk(conf.toLocalhost))
	d.resolver = newResolver(rules, conf.ttl, sender{port: namePort, udp: conf.udp, tcp: conf.tcp}.send, log.tell)
	s := newServer(conf, d.resolver.resolve, log.tell)
	if d.servers, err = s.listen(); err != nil {
		log.line("error", "%v", err)
		return nil, errors.New("could not open ports")
	}
	if err := d.files(f); err != nil {
		closeAll(d.servers)
		return nil, err
	}
	return d, nil
}

// namePort is where name servers wait.
const namePort = 53

func (c config) types() []uint16 {
	var out []uint16
	if c.ip4 {
		out = append(out, dns.TypeA)
	}
	if c.ip6 {
		out = append(out, dns.TypeAAAA)
	}
	return out
}

func loadConf(f flags, log *logger) (config, error) {
	text, err := os.ReadFile(f.file)
	if err != nil {
		return config{}, fmt.Errorf("could not open %s: %w", f.file, bareFile(err))
	}
	conf, err := readConf(f.file, string(text))
	if err != nil {
		return conf, err
	}
	for _, n := range conf.notes {
		log.line("notice", "%s", n)
	}
	if f.daemon {
		log.line("notice", "it stays in the foreground, as with -d")
	}
	return conf, nil
}

// loadHints reads the root hints. Those of the Internet are nowhere in a lab.
func loadHints(c config) (hints, error) {
	if c.rootHints == "" {
		return hints{}, errors.New("root-hints is not set, and netlab's small resolver knows no servers of the root by itself")
	}
	file := c.path(c.rootHints)
	text, err := os.ReadFile(file)
	if err != nil {
		return hints{}, fmt.Errorf("could not read root hints %s: %w", file, bareFile(err))
	}
	return readHints(file, string(text))
}

func (c config) path(name string) string {
	if filepath.IsAbs(name) || c.directory == "" {
		return name
	}
	return filepath.Join(c.directory, name)
}

func bareFile(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// files opens the log, and writes the number of the process.
func (d *daemon) files(f flags) error {
	if d.conf.logFile != "" {
		file, err := os.OpenFile(d.conf.path(d.conf.logFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return fmt.Errorf("could not open logfile %s: %w", d.conf.logFile, bareFile(err))
		}
		d.opened = append(d.opened, file)
		d.log.to = file
	}
	if d.conf.pidFile == "" || f.noPidFile {
		return nil
	}
	path := d.conf.path(d.conf.pidFile)
	if err := os.WriteFile(path, []byte(strconv.Itoa(d.log.pid)+"\n"), 0o644); err != nil {
		return fmt.Errorf("cannot write pidfile %s: %w", path, bareFile(err))
	}
	d.pidFile = path
	return nil
}

func (d *daemon) close() {
	for _, f := range d.opened {
		_ = f.Close()
	}
	if d.pidFile != "" {
		_ = os.Remove(d.pidFile)
	}
}

// run serves until it is told to end. A hangup empties the cache.
func (d *daemon) run(signals <-chan os.Signal) int {
	failed := make(chan error, len(d.servers))
	for _, s := range d.servers {
		go func() { failed <- s.ActivateAndServe() }()
	}
	d.log.line("info", "start of service (%s)", "netlab's small resolver")
	code := 0
	for serving := true; serving; {
		select {
		case err := <-failed:
			d.log.line("fatal error", "%v", err)
			code, serving = 1, false
		case s := <-signals:
			if serving = s == syscall.SIGHUP; serving {
				d.resolver.forget()
				d.log.line("info", "the cache is empty now; the settings are as before")
			}
		}
	}
	d.stop()
	d.log.line("info", "service stopped")
	return code
}

// stop lets go of the ports at once: questions that are being walked for get
// no answer.
func (d *daemon) stop() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, s := range d.servers {
		_ = s.ShutdownContext(ctx)
	}
	closeAll(d.servers)
}
