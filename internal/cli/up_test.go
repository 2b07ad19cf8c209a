package cli

import (
	"errors"
	"testing"

	"netlab/internal/run"
)

// closing is a lab that counts how often it is closed.
type closing struct {
	startedLab
	closed int
}

func (c *closing) Close() { c.closed++ }

func TestALabOpenedBesideIsClosedWhenTheRestFails(t *testing.T) {
	wrong, broken := errors.New("a wrong value"), errors.New("no sandbox")
	for name, tt := range map[string]struct {
		work, open, want error
		closed           int
	}{
		"all is well":          {nil, nil, nil, 0},
		"the value is wrong":   {wrong, nil, wrong, 1},
		"there is no lab":      {nil, broken, broken, 0},
		"neither of them goes": {wrong, broken, wrong, 0},
	} {
		t.Run(name, func(t *testing.T) {
			lab := &closing{}
			a := &app{open: func(run.Start) (startedLab, error) { return lab, tt.open }}
			got, err := openBeside(a, run.Start{}, func() error { return tt.work })
			if err != tt.want || (got == nil) == (err == nil) || lab.closed != tt.closed {
				t.Errorf("got %v, %v; closed %d times", got, err, lab.closed)
			}
		})
	}
}
