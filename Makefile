# Two commands do everything on a fresh machine with Go: `make run` and `make test`.
# The steps themselves are small scripts in .ci, so that each can be read, and called, alone.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-matrix demo-matrix prove lint build engine generate tidy bench clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Start everything on this machine, with the demo company (ARGS="--listen 127.0.0.1:9090" passes flags)
	@.ci/need run
	@.ci/build qunbei-solo
	@exec bin/qunbei-solo $(ARGS)

test: ## What CI runs: checks, then every test against a real engine, database and browser (about 25 minutes cold)
	@.ci/need test
	@.ci/build qunbei-solo
	@.ci/check

test-matrix: ## The Matrix connector against a real Synapse, which is made once (2 minutes, 450 MB in ~/.cache/qunbei)
	@.ci/need run
	@.ci/build qunbei-solo
	@root=$$(.ci/synapse) && export QUNBEI_SYNAPSE="$$root" QUNBEI_ENGINE="$(CURDIR)/bin/qunbei-solo" && \
	  go test -count=1 -timeout 30m ./activities/chat/matrix/... && go test -count=1 -timeout 30m -run RealHomeserver ./cmd/internal/app

demo-matrix: ## make run with a Matrix homeserver beside it: see the groups in a Matrix client (ARGS as with run)
	@.ci/need run
	@root=$$(.ci/synapse) && .ci/build qunbei-solo && QUNBEI_SYNAPSE="$$root" exec bin/qunbei-solo --synapse --data .qunbei/matrix $(ARGS)

prove: ## The full sizes: a million rows, long fuzzing, hours of faults; writes deploy/bench/reports
	@.ci/need test
	@.ci/build qunbei-solo qunbei
	@QUNBEI_PROVE=1 .ci/check
	@$(MAKE) --no-print-directory test-matrix
	@$(MAKE) --no-print-directory bench

lint: ## golangci-lint over both modules; its first build takes three minutes and is kept in bin/
	@.ci/need lint
	@.ci/lint $(ARGS)

build: ## All programs, into bin/
	@.ci/build qunbei qunbei-audit qunbei-solo

engine: ## Only bin/qunbei-solo, which single tests need: go test ./... then finds it
	@.ci/need run
	@.ci/build qunbei-solo

generate: ## Generated code anew (templ, OpenAPI)
	@go generate ./...

tidy: ## go mod tidy in both modules, with the same versions in both
	@.ci/tidy

bench: ## Measure on this machine and write deploy/bench/reports; ARGS="-slices 3" measures something else
	@.ci/need run
	@.ci/build qunbei-solo qunbei
	@if [ -n '$(ARGS)' ]; then QUNBEI_ENGINE="$(CURDIR)/bin/qunbei-solo" go run ./deploy/bench $(ARGS); else \
	  for report in floor inbox solo living nda; do case $$report in floor) args= ;; inbox) args=-inbox ;; solo) args='-solo 5000' ;; living) args='-living 10000' ;; nda) args='-nda 500 -clients 16' ;; esac; \
	  QUNBEI_ENGINE="$(CURDIR)/bin/qunbei-solo" go run ./deploy/bench $$args -report deploy/bench/reports/$$report.md || exit 1; done; \
	  QUNBEI_SCREENING_REPORT="$(CURDIR)/deploy/bench/reports/screening.md" go test ./models/screening -run TestScreeningReport -timeout 30m || exit 1; fi

clean: ## Remove bin/ (Go's own caches stay: the engine costs minutes to compile)
	@rm -rf bin
