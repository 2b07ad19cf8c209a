package run

import ("testing"; "netlab/internal/control"; "netlab/internal/event")

func TestNested(t *testing.T) {
	c, err := Open(true)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	a, err := c.Do(soon(t), control.Request{Verb: control.Features}, func(event.Event) {})
	t.Log(a, err)
}
