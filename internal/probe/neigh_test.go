//go:build linux

package probe

import (
	"testing"
	"time"

	"netlab/internal/measure"
)

func TestTheFirstPingAfterUpIsNotLost(t *testing.T) {
	for range 10 {
		t.Run("again", func(t *testing.T) {
			build(t, pair)
			settle(t, "ns1", "ns2")
			got, err := Ping(soon(t), Request{From: "ns1", To: addr("10.1.1.2"), Timeout: 500 * time.Millisecond})
			if err != nil || got.Fate != measure.Answered {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
