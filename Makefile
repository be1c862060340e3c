# The two commands are `make run` and `make test`; each sets up a fresh Debian 12 by itself.
# `make help` lists the rest.

JOBS ?= $(shell nproc)
ARGS ?=

.PHONY: help run test bench fuzz faults soak format deps deps-soak build
.DEFAULT_GOAL := help

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

deps:
	@.ci/install-packages .ci/packages

deps-soak: deps
	@.ci/install-packages .ci/packages-soak

build: deps
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j $(JOBS) --target skerry

run: build  ## three regions on this machine: partition, divergence, heal, convergence; then yours to try
	@build/dev/skerry demo $(ARGS)

# One g++ build with all tests, then core, crdt and sync once more under AddressSanitizer and UBSan.
test: deps  ## build and pass all tests
	cmake --preset dev >/dev/null
	cmake --build --preset dev -j $(JOBS)
	cmake --preset asan >/dev/null
	cmake --build --preset asan -j $(JOBS) --target skerry_core_test skerry_crdt_test skerry_sync_test
	ctest --preset asan -j $(JOBS) -L "^(core|crdt|sync)$$"
	ctest --preset dev -j $(JOBS)

bench: deps  ## speed as ratios against redis-server and plain SQLite in the same run
	cmake --preset release >/dev/null
	cmake --build --preset release -j $(JOBS)
	tests/benchmarks/run.py --build build/release $(ARGS)

FUZZ_SECONDS ?= 60
fuzz: deps-soak  ## grow the corpora: every fuzz target for FUZZ_SECONDS (60)
	cmake --preset fuzz >/dev/null
	cmake --build --preset fuzz -j $(JOBS)
	tests/fuzz/run.sh build/fuzz $(FUZZ_SECONDS)

faults: deps  ## plant every fault once more and write what found it into docs/testing.md
	cmake --preset dev >/dev/null
	cmake --build --preset dev -j $(JOBS) --target skerry_crdt_test skerry_faults_test
	tests/planted/write_tables.py build/dev docs/testing.md

soak: deps-soak  ## the long ones: ThreadSanitizer, clang, fuzzing, chaos, kill -9
	tests/system/soak.sh

format: deps-soak  ## clang-format over the tree
	@git ls-files '*.h' '*.cc' | xargs clang-format-14 -i
