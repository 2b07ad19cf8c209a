// Command netlab teaches Linux and Kubernetes networking on the real thing.
package main

import (
	"os"
	"runtime"

	"netlab/internal/cli"
)

// The main thread is kept for main: a goroutine that entered another network
// namespace would otherwise end on it, and the kernel shows the main thread's
// namespaces as those of the whole process.
func init() { runtime.LockOSThread() }

func main() { os.Exit(cli.Main()) }
