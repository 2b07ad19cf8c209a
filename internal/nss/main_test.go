package nss_test

import (
	"os"
	"runtime"
	"testing"

	"netlab/internal/netlabtest"
)

// The main thread must never be the one that enters a namespace.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) { os.Exit(netlabtest.Main(m)) }
