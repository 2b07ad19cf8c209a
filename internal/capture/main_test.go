package capture

import (
	"os"
	"runtime"
	"testing"

	"netlab/internal/netlabtest"
)

func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) { os.Exit(netlabtest.Main(m)) }
