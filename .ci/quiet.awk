# Makes the output of go test -v short: a line for each package, and in full
# what failed, what was skipped and what a test called Matrix found. Use: go test -v ./... 2>&1 | awk -f quiet.awk
function forget() { split("", said); test = ""; order = 0 }
function say_rest(  i) { for (i = 1; i <= order; i++) printf "%s", said[seen[i]] }
# What a skipped test needs, or else the first that it said.
function reason(text,  lines, n, i) {
	n = split(text, lines, "\n")
	for (i = 1; i <= n; i++) if (lines[i] ~ /need/) return lines[i]
	return lines[1]
}

/^=== (RUN|CONT|NAME) / { if (!($3 in said)) { seen[++order] = $3; said[$3] = "" } test = $3; next }
/^=== / { next }
/^ *--- PASS: / { if ($3 ~ /Matrix$/) { print; printf "%s", said[$3] } said[$3] = ""; next }
/^ *--- FAIL: / { print; printf "%s", said[$3]; said[$3] = ""; next }
/^ *--- SKIP: / { print; print reason(said[$3]); said[$3] = ""; skipped++; next }
/^PASS$/ { next }
/^\?/ { forget(); next }
/^ok / { print; forget(); next }
/^FAIL\t/ { say_rest(); print; forget(); next }
test == "" { print; next }
{ said[test] = said[test] $0 "\n" }
END { say_rest(); if (skipped) print skipped " skipped: see above what each of them needs" }
