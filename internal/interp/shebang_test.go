package interp

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/sandbox"
)

func TestScriptShell(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       string // words, with | between them
		wrong      string
	}{
		{"nothing said is sh", "ip link\n", "sh", ""},
		{"an empty file", "", "sh", ""},
		{"a remark is no shebang", "# !/bin/zsh\n", "sh", ""},
		{"bash", "#!/bin/bash\n", "/bin/bash", ""},
		{"at the end of the file", "#!/bin/sh", "/bin/sh", ""},
		{"a blank", "#! /bin/dash \n", "/bin/dash", ""},
		{"an option", "#!/bin/bash -e\n", "/bin/bash|-e", ""},
		{"options are one word, as for the kernel", "#!/bin/bash -e -u\n", "/bin/bash|-e -u", ""},
		{"a tab", "#!/bin/sh\t-eu\n", "/bin/sh|-eu", ""},
		{"by env", "#!/usr/bin/env bash\n", "bash", ""},
		{"by env with options", "#!/usr/bin/env -S bash -eu\n", "bash|-eu", ""},
		{"somewhere else", "#!/usr/local/bin/bash\n", "/usr/local/bin/bash", ""},
		{"python", "#!/usr/bin/env python3\n", "", "python3"},
		{"zsh", "#!/bin/zsh -f\n", "", "/bin/zsh -f"},
		{"nothing behind it", "#!\n", "", "asks for"},
		{"only env", "#!/usr/bin/env\n", "", "asks for"},
		{"a name that only begins so", "#!/bin/bashful\n", "", "bashful"},
		{"lines of another system", "#!/bin/bash\r\nip link\r\n", "", "Windows"},
		{"a program", "\x7fELF\x00\x01", "", "null bytes"},
		{"null bytes later on", "#!/bin/sh\necho \x00\n", "", "null bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ScriptShell([]byte(tt.text))
			var wrong *ShebangError
			switch {
			case tt.wrong == "" && (err != nil || strings.Join(got, "|") != tt.want):
				t.Errorf("%q, %v", got, err)
			case tt.wrong != "" && (!errors.As(err, &wrong) || !strings.Contains(wrong.Error(), tt.wrong) || wrong.Hint == ""):
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func FuzzScriptShell(f *testing.F) {
	for _, s := range []string{"", "#!", "#!/bin/sh -e", "#!/usr/bin/env -S bash", "#!\t \t", "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if argv, err := ScriptShell(text); err == nil && (len(argv) == 0 || argv[0] == "") {
			t.Errorf("%q is run by %q", text, argv)
		}
	})
}

func TestReadSudo(t *testing.T) {
	for _, tt := range []struct {
		line, want string // words behind sudo; "NAME=VALUE | command"
		wrong      string
	}{
		{"ip link", "| ip link", ""},
		{"-E -n ip link", "| ip link", ""},
		{"-EH -- -x y", "| -x y", ""},
		{"A=1 B=2 ip link", "A=1 B=2 | ip link", ""},
		{"-u root ip a", "| ip a", ""},
		{"--user=root -g root ip a", "| ip a", ""},
		{"-u nobody ip a", "", "only root"},
		{"-u", "", "only root"},
		{"-i", "", "its option -i"},
		{"", "", "usage: sudo"},
		{"A=1", "", "usage: sudo"},
	} {
		l, text, _ := readSudo(append([]string{"sudo"}, strings.Fields(tt.line)...))
		got := strings.TrimSpace(strings.Join(l.env, " ") + " | " + strings.Join(l.args, " "))
		if tt.wrong == "" && (got != tt.want || text != "") || !strings.Contains(text, tt.wrong) {
			t.Errorf("sudo %s: %q, %q", tt.line, got, text)
		}
	}
}

func TestBoundedPing(t *testing.T) {
	for line, want := range map[string]bool{
		"10.0.0.1":                false,
		"-c 3 10.0.0.1":           true,
		"-c3 10.0.0.1":            true,
		"10.0.0.1 -c 3":           true,
		"-w 5 10.0.0.1":           true,
		"-qc1 10.0.0.1":           true,
		"-W 1 10.0.0.1":           false,
		"-I c0 10.0.0.1":          false,
		"-Ic0 10.0.0.1":           false,
		"-i 0.2 -s 100 10.0.0.1":  false,
		"-4nqi0.2 10.0.0.1":       false,
		"-s 100 -nc2 10.0.0.1":    true,
		"-- -c":                   false,
		"-":                       false,
		"-I":                      false,
		"-p ff -M do -c 1 ::1":    true,
		"-Q 0x10 -t 1 no.such.cc": false,
	} {
		if got := boundedPing(strings.Fields(line)); got != want {
			t.Errorf("ping %s: %v", line, got)
		}
	}
}

func TestRealPath(t *testing.T) {
	for _, tt := range []struct{ env, want string }{
		{"PATH=/run/netlab/shims:/usr/bin:/run/netlab/shims/:/bin", "/usr/bin:/bin"},
		{"PATH=", ""},
		{"NOPATH=/x", DefaultPath},
		{"PATH=/usr/bin:/run/netlab", "/usr/bin:/run/netlab"},
	} {
		if got := strings.Join(realPath([]string{"A=b", tt.env}), ":"); got != tt.want {
			t.Errorf("%s: %s", tt.env, got)
		}
	}
}

func TestWhatTellsOfItself(t *testing.T) {
	for name, want := range map[string]bool{
		"ip": true, "/sbin/ip": true, "bash": true, "/bin/sh": true, "sudo": true, "timeout": true,
		"curl": false, "tcpdump": false, "ipcalc": false, "": false,
	} {
		if got := tellsItself(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for argv, want := range map[[2]string]bool{
		{sandbox.ProgramFile, "ip"}: true, {sandbox.ProgramFile, "/run/netlab/shims/ping"}: true,
		{sandbox.ProgramFile, "netlab"}: false, {sandbox.ProgramFile, "netlab-shell"}: false,
		{"/usr/local/bin/netlab", "ip"}: false, {"/sbin/ip", "ip"}: false,
	} {
		if got := isShim(argv[0], argv[1]); got != want {
			t.Errorf("%q is a shim: %v", argv, got)
		}
	}
	if all := Shims(); !cmp.Equal(all[:1], []string{"ip"}) || len(all) < 5 {
		t.Errorf("the shims are %q", all)
	}
}
