package scenario

// Parse reads a scenario. The error is of type Errors, sorted by place, and
// tells every mistake that can be told at once; file is only for messages.
// Order stays 0: it comes from the folder. Parameters have their defaults.
func Parse(file string, src []byte) (Scenario, error) {
	s, _, errs := parse(file, src)
	if len(errs) > 0 {
		return Scenario{}, errs
	}
	return s, nil
}

func parse(file string, text []byte) (Scenario, *parsedFile, Errors) {
	return parseWith(file, text, nil)
}

// parseWith reads a scenario whose parameters have the chosen values, which
// must be within their ranges.
func parseWith(file string, text []byte, chosen map[string]int) (Scenario, *parsedFile, Errors) {
	src, bad := newSource(file, text)
	if bad != nil {
		return Scenario{}, nil, Errors{bad}
	}
	top, bad := document(src)
	if bad != nil {
		return Scenario{}, nil, Errors{bad}
	}
	var s Scenario
	d := &decoder{src: src, chosen: chosen}
	d.readParams(top)
	d.fillChecks(top)
	scenarioRecord(&s).read(d, top)
	d.errs.sort()
	if len(s.Params) > 0 {
		s.Origin = &Origin{File: file, Text: text}
	}
	return s, &parsedFile{src: src, top: top}, d.errs
}
