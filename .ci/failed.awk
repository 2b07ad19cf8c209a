# Of the output of go test -v: each package that failed, and its tests that did,
# as a pattern. It exits with 1 if a package failed in another way.
function forget() { split("", names); tests = ""; broken = 0 }
/^--- FAIL: / { if (!($3 in names)) { names[$3]; tests = tests (tests == "" ? "" : "|") $3 } }
/^(panic|fatal error): / { broken = 1 }
/^ok / { forget() }
/^FAIL\t/ {
	if (broken || tests == "" || $0 ~ /\[/) other = 1
	print $2, tests
	forget()
}
END { exit other }
