package check

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// tries counts the calls of a function that is right from call good on.
func tries(good int, n *int) func(context.Context) (Outcome, bool, error) {
	return func(context.Context) (Outcome, bool, error) {
		*n++
		return Outcome{OK: *n >= good, Got: "seen"}, false, nil
	}
}

func TestUntil(t *testing.T) {
	never := 1 << 30
	tests := []struct {
		name   string
		within time.Duration
		good   int
		ok     bool
		calls  int
		took   time.Duration
	}{
		{"right at once", time.Second, 1, true, 1, 0},
		{"right at the second try", time.Second, 2, true, 2, 2 * time.Millisecond},
		{"the pauses grow", time.Second, 5, true, 5, (2 + 4 + 8 + 16) * time.Millisecond},
		{"and grow no longer than 50 ms", time.Second, 8, true, 8, (2 + 4 + 8 + 16 + 32 + 50 + 50) * time.Millisecond},
		{"never right", 100 * time.Millisecond, never, false, 7, 100 * time.Millisecond},
		{"the last try is at the deadline", 3 * time.Millisecond, 3, true, 3, 3 * time.Millisecond},
		{"no time means once", 0, 2, false, 1, 0},
		{"negative time means once", -time.Second, 2, false, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n int
				start := time.Now()
				out, err := Until(t.Context(), tt.within, tries(tt.good, &n))
				if err != nil || out.OK != tt.ok || out.Got != "seen" {
					t.Errorf("%+v, %v", out, err)
				}
				if took := time.Since(start); n != tt.calls || took != tt.took {
					t.Errorf("%d calls in %s, want %d in %s", n, took, tt.calls, tt.took)
				}
			})
		})
	}
}

func TestUntilEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		start := time.Now()
		var n int
		_, err := Until(ctx, time.Hour, tries(1<<30, &n))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Millisecond {
			t.Errorf("error %v after %s", err, time.Since(start))
		}
	})
}

func TestUntilEndsWithAnErrorOfTheTry(t *testing.T) {
	broken := errors.New("broken")
	out, err := Until(t.Context(), time.Hour, func(context.Context) (Outcome, bool, error) {
		return Outcome{Got: "this"}, false, broken
	})
	if !errors.Is(err, broken) || out.Got != "this" {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestUntilEndsWithAFinalOutcome(t *testing.T) {
	calls := 0
	out, err := Until(t.Context(), time.Hour, func(context.Context) (Outcome, bool, error) {
		calls++
		return Outcome{Got: "this"}, calls == 2, nil
	})
	if err != nil || out.Got != "this" || calls != 2 {
		t.Errorf("%+v, %v after %d calls", out, err, calls)
	}
}
