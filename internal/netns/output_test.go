package netns

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestTheOutputOfAProgram(t *testing.T) {
	if err := Create("out"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = Delete("out") })
	ctx := context.Background()
	inHost, err := Output(ctx, Host, 1000, "readlink", "/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	named, err := Output(ctx, "out", 1000, "readlink", "/proc/self/ns/net")
	if err != nil || !strings.HasPrefix(named, "net:[") || named == inHost {
		t.Errorf("in its namespace: %q, %v; in host: %q", named, err, inHost)
	}
	t.Setenv("NETLAB_SECRET", "x")
	if env, err := Output(ctx, "out", 1000, "env"); err != nil || strings.Contains(env, "SECRET") || !strings.Contains(env, "LC_ALL=C\n") {
		t.Errorf("its environment: %q, %v", env, err)
	}
}

func TestAProgramWithoutOutput(t *testing.T) {
	ctx := context.Background()
	var exit *exec.ExitError
	tests := map[string]struct {
		ns   string
		argv []string
		is   func(error) bool
	}{
		"is not there":     {Host, []string{"no-such-program"}, func(err error) bool { return errors.Is(err, exec.ErrNotFound) }},
		"fails":            {Host, []string{"sh", "-c", "echo yes; exit 3"}, func(err error) bool { return errors.As(err, &exit) && exit.ExitCode() == 3 }},
		"prints too much":  {Host, []string{"yes"}, func(err error) bool { return errors.Is(err, ErrTooMuch) || errors.As(err, &exit) }},
		"has no namespace": {"nowhere", []string{"true"}, func(err error) bool { return strings.Contains(err.Error(), "nowhere") }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if out, err := Output(ctx, tt.ns, 1000, tt.argv...); out != "" || err == nil || !tt.is(err) {
				t.Errorf("%q, %v", out, err)
			}
		})
	}
}

func TestAProgramEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	// Its child holds the output open.
	if _, err := Output(ctx, Host, 1000, "sh", "-c", "sleep 20 & sleep 20"); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}
