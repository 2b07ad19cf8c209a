package netns

import (
	"os/exec"

	"golang.org/x/sys/unix"
)

// Start starts cmd inside the namespace called name. The caller waits for it.
//
// The kernel ties Pdeathsig to the thread that started the child, so this
// thread stays, blocked, until the child has ended.
func Start(name string, cmd *exec.Cmd) error {
	started := make(chan error, 1)
	go func() {
		running := false
		err := Do(name, func() error {
			err := cmd.Start()
			started <- err
			running = true
			if err == nil {
				linger(cmd.Process.Pid)
			}
			return nil
		})
		if !running {
			started <- err
		}
	}()
	return <-started
}

// Run starts cmd inside the namespace called name and waits for it.
func Run(name string, cmd *exec.Cmd) error {
	if err := Start(name, cmd); err != nil {
		return err
	}
	return cmd.Wait()
}

// linger blocks until the child has ended, without reaping it.
func linger(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return
		}
	}
}
