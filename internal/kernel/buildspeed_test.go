package kernel

import (
	"fmt"
	"os/exec"
	"testing"
	"time"

	"netlab/internal/scene"
)

func lookIP() (string, error) { return exec.LookPath("ip") }

func TestXSpeed(t *testing.T) {
	for name, s := range map[string]scene.Scene{"star 32": starScene(32), "star 100": starScene(100), "star 500": starScene(500), "chain 50": chainScene(50)} {
		t.Run(name, func(t *testing.T) {
			k := New()
			start := time.Now()
			if err := k.Build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			fmt.Println(name, time.Since(start))
		})
	}
}
