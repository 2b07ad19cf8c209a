package term

import "testing"

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestAutoColour(t *testing.T) {
	tests := []struct {
		name string
		tty  bool
		env  map[string]string
		want bool
	}{
		{"a terminal has colour", true, map[string]string{"TERM": "xterm"}, true},
		{"a pipe has none", false, map[string]string{"TERM": "xterm"}, false},
		{"NO_COLOR switches it off", true, map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{"an empty NO_COLOR does not", true, map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		{"a dumb terminal has none", true, map[string]string{"TERM": "dumb"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := autoColour(env(tt.env), tt.tty); got != tt.want {
				t.Errorf("autoColour = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSetColour(t *testing.T) {
	tests := []struct {
		mode      string
		had, want bool
		ok        bool
	}{
		{"always", false, true, true},
		{"never", true, false, true},
		{"auto", true, true, true},
		{"auto", false, false, true},
		{"", true, true, true},
		{"blue", true, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.mode, func(t *testing.T) {
			term := &Term{OutColour: tt.had, ErrColour: tt.had}
			if err := term.SetColour(tt.mode); (err == nil) != tt.ok {
				t.Errorf("SetColour = %v, want ok %v", err, tt.ok)
			}
			if term.OutColour != tt.want || term.ErrColour != tt.want {
				t.Errorf("colour = %v, %v, want %v", term.OutColour, term.ErrColour, tt.want)
			}
		})
	}
}

func TestUTF8Locale(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want bool
	}{
		{"nothing set is the C locale", nil, false},
		{"LANG says so", map[string]string{"LANG": "en_GB.UTF-8"}, true},
		{"the spelling without a dash counts", map[string]string{"LANG": "C.utf8"}, true},
		{"POSIX is ASCII", map[string]string{"LANG": "POSIX"}, false},
		{"LC_ALL outranks LANG", map[string]string{"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, false},
		{"an empty LC_ALL does not", map[string]string{"LC_ALL": "", "LANG": "en_GB.UTF-8"}, true},
		{"LC_CTYPE outranks LANG", map[string]string{"LC_CTYPE": "C.UTF-8", "LANG": "C"}, true},
		{"Latin-1 is not UTF-8", map[string]string{"LANG": "de_DE.ISO-8859-1"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := utf8Locale(env(tt.env)); got != tt.want {
				t.Errorf("utf8Locale = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestWidthFromColumns(t *testing.T) {
	tests := []struct {
		columns string
		want    int
	}{
		{"", DefaultWidth},
		{"100", 100},
		{"60", 60},
		{"12", MinWidth},
		{"0", DefaultWidth},
		{"-5", DefaultWidth},
		{"wide", DefaultWidth},
		{"99999999999", DefaultWidth},
	}
	for _, tt := range tests {
		t.Run("COLUMNS="+tt.columns, func(t *testing.T) {
			term := &Term{columns: columns(env(map[string]string{"COLUMNS": tt.columns}))}
			if got := term.Width(); got != tt.want {
				t.Errorf("Width = %d, want %d", got, tt.want)
			}
		})
	}
}
