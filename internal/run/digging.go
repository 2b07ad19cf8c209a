package run

import (
	"context"
	"fmt"

	"netlab/internal/control"
	"netlab/internal/dns"
	"netlab/internal/kernel"
	"netlab/internal/netns"
)

// dig asks name servers from a node, and tells what comes of it. Others are
// served meanwhile: it changes nothing but what every packet does.
func (c *caller) dig(req control.Request) (control.Answer, error) {
	if req.Node != "" && req.Node != netns.Host && !netns.Exists(req.Node) {
		return (&lacking{control.MissingNode, fmt.Sprintf("there is no namespace %q", req.Node)}).answer(), nil
	}
	cmd, err := dns.ParseDig(req.Args)
	if err != nil {
		return control.Answer{}, err
	}
	defer c.touched()
	exit, err := Dig(c.here, Digging{
		From: req.Node, Files: kernel.NameFiles(req.Node), Command: cmd,
		Tell: func(dug control.Dug) error { return c.conn.Send(control.KindDug, dug) },
	})
	return control.Answer{Exit: exit}, err
}

// Dig has name servers asked from a node as dig does with these arguments, and
// hands over what comes of it, as it comes. It returns dig's exit code. The
// error is a *Lacking when there is no such node.
func (c *Client) Dig(ctx context.Context, node string, args []string, take func(control.Dug) error) (exit int, err error) {
	answer, err := c.exchange(ctx, control.Request{Verb: control.Dig, Node: node, Args: args}, func(f control.Frame) error {
		if f.Kind != control.KindDug {
			return nil
		}
		var dug control.Dug
		if err := f.Into(&dug); err != nil {
			return err
		}
		return take(dug)
	})
	return answer.Exit, lacks(answer, err)
}
