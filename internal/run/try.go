package run

import (
	"context"
	"errors"
	"time"

	"netlab/internal/check"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// overtaken is the age at which a snapshot is not believed any more: the
// kernel's own timers and a learner's background jobs change the lab, too.
const overtaken = 200 * time.Millisecond

// view is the last look at the lab. The zero value is no look at all.
type view struct {
	lab snapshot.Lab
	at  time.Time
}

// look returns the state of the lab: as it was seen last, when nothing has
// been done since.
func (e *engine) look(ctx context.Context) (snapshot.Lab, error) {
	if !e.view.at.IsZero() && time.Since(e.view.at) < overtaken {
		return e.view.lab, nil
	}
	lab, err := e.kernel.Snapshot(ctx)
	e.view = view{lab, time.Now()}
	if err != nil {
		e.changed()
	}
	return lab, err
}

// changed says that the last look is out of date.
func (e *engine) changed() { e.view = view{} }

// try judges a check once. A probe leaves nothing behind: the neighbour and
// forwarding entries that came with it are removed, so that no check can make
// another one true.
func (e *engine) try(ctx context.Context, c check.Check, echo time.Duration) (check.Outcome, error) {
	out, _, err := e.attempt(ctx, c, echo)
	return out, err
}

// attempt is try, and says whether the outcome is final.
func (e *engine) attempt(ctx context.Context, c check.Check, echo time.Duration) (out check.Outcome, final bool, err error) {
	if !c.Probes() {
		lab, err := e.look(ctx)
		return check.Judge(c, lab, measure.Found{}), false, err
	}
	mark, err := e.kernel.Mark(ctx)
	if err != nil {
		return check.Outcome{}, false, err
	}
	defer mark.Close()
	out, final, err = e.tryProbe(ctx, c, prober{mark: mark, echo: echo, state: e.kernel.Snapshot})
	e.changed()
	return out, final, errors.Join(err, mark.Forget())
}

// tryProbe sends the probe of a check and judges it. The state of the whole
// lab is read only where a failure is to be explained, while what the probe
// left behind is still there to be seen.
func (e *engine) tryProbe(ctx context.Context, c check.Check, p prober) (out check.Outcome, final bool, err error) {
	found, err := p.find(ctx, c)
	if err != nil {
		return check.Outcome{}, false, err
	}
	e.found = found
	if out := check.Judge(c, p.mark.Lab, found); out.OK {
		return out, false, nil
	}
	e.changed()
	lab, err := e.look(ctx)
	if c.Path != nil {
		err = errors.Join(err, pause(ctx, routerRest))
	}
	return check.Judge(c, lab, found), c.Final(found), err
}

// routerRest is how long a router must not be asked again. It says six times
// in a row to the same sender that it has dropped a packet, and once in a
// second after that (icmp_ratelimit in the kernel's ip-sysctl).
const routerRest = 500 * time.Millisecond

// serverRest is how long a server is not asked again that may not run yet: that a
// port is closed is said as rarely as that a packet was dropped. Who does not hear
// of it waits for an answer, and would wait for it still when the server runs.
const serverRest = 300 * time.Millisecond

// rest is how long the next try of a check has to wait.
func rest(c check.Check) time.Duration {
	if c.Resolves != nil || c.DNS != nil {
		return serverRest
	}
	return 0
}
