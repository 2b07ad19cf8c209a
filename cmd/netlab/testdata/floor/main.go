// Command floor is package floor as a program, for the benchmarks:
//
//	floor up|check|down DIR pair|star|chain N
//	floor calm
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"

	"netlab/internal/netlabtest/floor"
)

// The main thread must never be the one that enters a namespace.
func init() { runtime.LockOSThread() }

func main() {
	if err := do(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func do(args []string) error {
	if len(args) == 1 && args[0] == "calm" {
		return floor.Calm(os.Stdin, os.Stdout)
	}
	if len(args) != 4 {
		return fmt.Errorf("%d arguments", len(args))
	}
	verb, dir := args[0], args[1]
	n, err := strconv.Atoi(args[3])
	plan := floor.New(args[2], n)
	if err != nil || plan == nil {
		return fmt.Errorf("no such network: %v", args[2:])
	}
	switch verb {
	case "up":
		return floor.Up(dir, plan)
	case "check":
		return floor.Check(dir, plan)
	case "down":
		return floor.Down(dir)
	}
	return fmt.Errorf("no such verb: %s", verb)
}
