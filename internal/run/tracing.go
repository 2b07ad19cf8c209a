package run

import (
	"context"

	"netlab/internal/control"
	"netlab/internal/diagnose"
)

// Trace has one probe sent in the lab, and returns what was seen of it. The
// error is a *Lacking when the probe's end is no address and no node, or a
// node without an address.
func (c *Client) Trace(ctx context.Context, p control.Probe) (control.Seen, error) {
	answer, err := c.exchange(ctx, control.Request{Verb: control.Trace, Probe: &p}, func(control.Frame) error { return nil })
	if err = lacks(answer, err); err != nil || answer.Seen == nil {
		return control.Seen{}, err
	}
	if answer.Seen.Causes == nil {
		answer.Seen.Causes = []diagnose.Cause{} // in JSON a list, too
	}
	return *answer.Seen, nil
}
