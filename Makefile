# The work on netlab. docs/CONTRIBUTING.md says when to use what.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZTIME ?= 1m
TESTFLAGS ?=
LDFLAGS = -s -w -X netlab/internal/cli.linkedVersion=$(VERSION)
# Tests lay out files for other users too, whatever your umask is.
GO_TEST = umask 022; $(GO) test -timeout 14m
TEST = umask 022; GO='$(GO)' .ci/test
GOLANGCI_VERSION := v2.15.0
GOLANGCI := bin/golangci-lint-$(GOLANGCI_VERSION)
# Tests of networks mostly wait, so more packages at once than processors, and
# those that take longest first.
LONG_FIRST := ./internal/run ./cmd/netlab ./internal/kernel ./...
GO_FOLDERS := cmd internal scenarios
BENCH_LINES = grep -vE '^(PASS|\?|ok +\t.*no test files)'
# A tree that is not a clone, or is another user's, is built all the same.
export GOFLAGS += -buildvcs=false

.PHONY: help need build test check race test-root confirm fuzz bench golden lint cover clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

build: ## static binaries for amd64 and arm64, in bin/
	CGO_ENABLED=0 GOARCH=amd64 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/netlab ./cmd/netlab
	CGO_ENABLED=0 GOARCH=arm64 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/netlab-arm64 ./cmd/netlab

need:
	@.ci/need

test: need check ## all tests, as you or as root; installs what they use, where it may
	$(TEST) -p 4 -v $(TESTFLAGS) $(LONG_FIRST)

check:
	@bad=$$("$$($(GO) env GOROOT)/bin/gofmt" -l $(GO_FOLDERS)); \
	if [ -n "$$bad" ]; then echo "not formatted (gofmt -w mends it):" $$bad; exit 1; fi
	$(GO) vet ./...

race: ## the tests again, under the race detector (needs a C compiler)
	@if [ "$$($(GO) env CGO_ENABLED)" = 1 ] && command -v "$$($(GO) env CC)" >/dev/null; then \
		export GORACE=atexit_sleep_ms=0; set -x; $(TEST) -race -v $(TESTFLAGS) ./...; \
	else echo "race: skipped: the race detector needs a C compiler (Debian package gcc)"; fi

test-root: need ## the tests as real root (through sudo if you are not)
	@sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n --preserve-env=NETLAB_REQUIRE_KERNEL,HOME,PATH"; \
	if [ -n "$$sudo" ] && ! sudo -n true; then echo "test-root: needs root, or sudo without a question"; exit 1; fi; \
	set -x; $(TEST) -count=1 -exec "$$sudo env" -v $(TESTFLAGS) ./...

confirm: need ## every command of every lesson, compared with the real ip
	@names=$$($(GO) test -list Confirm ./internal/kernel); [[ $$names == Test* ]] || { echo "confirm: no such test"; exit 1; }
	export NETLAB_REQUIRE_KERNEL=1; $(TEST) -count=1 -run Confirm -v $(TESTFLAGS) ./internal/kernel

fuzz: ## each fuzzer for FUZZTIME (1m), one after the other
	@found=0; \
	for pkg in $$($(GO) list ./...); do \
		names=$$($(GO) test -list '^Fuzz' $$pkg); \
		for name in $$(grep '^Fuzz' <<<"$$names" || true); do \
			found=$$((found + 1)); \
			(set -x; $(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) $$pkg); \
		done; \
	done; \
	if [ $$found = 0 ]; then echo "fuzz: found no fuzzer"; exit 1; fi; \
	echo "fuzz: $$found fuzzers found nothing"

bench: need ## how fast it is, beside a floor and other tools; docs/PERFORMANCE.md
	$(GO_TEST) -run '^$$' -bench . -benchmem $(TESTFLAGS) ./internal/... ./scenarios | $(BENCH_LINES)
	$(GO_TEST) -run '^$$' -bench . $(TESTFLAGS) ./cmd/netlab | $(BENCH_LINES)

golden: ## write the golden files anew; read the difference before you commit it
	@dirs=$$(grep -rl 'golden\.Equal(' --include='*_test.go' $(GO_FOLDERS) | xargs -n1 dirname | sort -u | sed 's|^|./|'); \
	set -x; $(GO_TEST) -count=1 $$dirs -update

lint: $(GOLANGCI) ## golangci-lint with .golangci.yml, and shellcheck
	$(GOLANGCI) run ./...
	if command -v shellcheck >/dev/null; then shellcheck .ci/run .ci/need .ci/test; else echo "lint: no shellcheck, scripts are not checked"; fi

$(GOLANGCI):
	GOBIN=$(CURDIR)/bin/tmp $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv bin/tmp/golangci-lint $@ && rmdir bin/tmp

cover: need ## what the tests of each package reach of it, in coverage.html
	@status=0; $(GO_TEST) -coverprofile coverage.out $(TESTFLAGS) ./... || status=$$?; \
	$(GO) tool cover -html coverage.out -o coverage.html; \
	$(GO) tool cover -func coverage.out | tail -n 1; exit $$status

clean: ## remove what was built
	rm -rf bin coverage.out coverage.html
