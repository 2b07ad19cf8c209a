# Of the output of go test -v: the pattern of all tests that failed, and the
# packages that they are in. It exits with 1 if a package failed in another way.
function forget() { tests = broken = 0 }
/^--- FAIL: / { tests++; if (!($3 in names)) { names[$3]; pattern = pattern (pattern == "" ? "" : "|") $3 } }
/^(panic|fatal error): / { broken = 1 }
/^ok / { forget() }
/^FAIL\t/ {
	if (broken || !tests || $0 ~ /\[/) other = 1
	packages = packages " " $2
	forget()
}
END { if (packages != "") print pattern packages; exit other }
