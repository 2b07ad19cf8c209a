package scenario

// Parse reads a scenario. The error is of type Errors, sorted by place, and
// tells every mistake that can be told at once; file is only for messages.
// Order stays 0: it comes from the folder.
func Parse(file string, src []byte) (Scenario, error) {
	s, _, errs := parse(file, src)
	if len(errs) > 0 {
		return Scenario{}, errs
	}
	return s, nil
}

func parse(file string, text []byte) (Scenario, *parsedFile, Errors) {
	src, bad := newSource(file, text)
	if bad != nil {
		return Scenario{}, nil, Errors{bad}
	}
	top, bad := document(src)
	if bad != nil {
		return Scenario{}, nil, Errors{bad}
	}
	var s Scenario
	d := &decoder{src: src}
	scenarioRecord(&s).read(d, top)
	d.errs.sort()
	return s, &parsedFile{src: src, top: top}, d.errs
}
