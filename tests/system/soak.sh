#!/usr/bin/env bash
# The long ones: what `make soak` runs.  Each line of its summary goes, dated, into docs/testing.md.
set -uo pipefail
cd "$(dirname "$0")/../.."
jobs=$(nproc)
results=()
step() {
  local name=$1 began=$SECONDS
  shift
  echo "== $name"
  if "$@"; then results+=("ok      $name ($((SECONDS - began)) s)"); else results+=("FAILED  $name ($((SECONDS - began)) s)"); fi
}
preset() { cmake --preset "$1" >/dev/null && cmake --build --preset "$1" -j "$jobs"; }

step "ThreadSanitizer: all rooms" bash -c "$(declare -f preset); jobs=$jobs; preset tsan && ctest --preset tsan -j $jobs -L '^(core|crdt|sync|edge)\$'"
step "clang 14: all tests" bash -c "$(declare -f preset); jobs=$jobs; preset clang && ctest --preset clang -j $jobs -L '^(core|crdt|sync|edge|tidy)\$'"
step "AddressSanitizer and UBSan: edge too" bash -c "cmake --preset asan -B build/asan-all -DSKERRY_TEST_ROOMS='core;crdt;sync;edge' >/dev/null && cmake --build build/asan-all -j $jobs && ctest --test-dir build/asan-all -j $jobs --output-on-failure -LE system"
step "fuzz: each target ${FUZZ_SECONDS:-60} s" make fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-60}"
make build
step "Noise: every mutation of every vector, 10^6 tampered streams" bash -c "cmake --build --preset dev -j $jobs --target skerry_edge_test && SKERRY_SOAK=1 build/dev/tests/skerry_edge_test --gtest_filter='Mutations.*:RecordSoak.*'"
same() { tests/system/same_trace.sh build/dev/skerry-simulate build/clang/skerry-simulate "$@"; }
step "simulator: g++ and clang do the same" bash -c "$(declare -f same); cmake --build --preset dev -j $jobs --target skerry-simulate && cmake --build --preset clang -j $jobs --target skerry-simulate && same 1..100 protocol && same 20001..20020 full"
volume=${SKERRY_SEED_VOLUME:-100}
step "replica walks: $volume times the seeds" bash -c "cmake --build --preset dev -j $jobs --target skerry_sync_test && SKERRY_SEED_VOLUME=$volume SKERRY_SEED=10001 build/dev/tests/skerry_sync_test --gtest_filter='Walk.*'"
step "power cuts and I/O errors: $((volume / 5)) times the lives" bash -c "cmake --build --preset dev -j $jobs --target skerry_simulations_test && SKERRY_SEED_VOLUME=$((volume / 5)) SKERRY_SEED=10001 build/dev/tests/skerry_simulations_test --gtest_filter='*.AtRandom'"
step "chaos: 60 s, 10 kills" tests/system/chaos_test.py build/dev/skerry --seconds 60 --kills 10
step "kill -9: 500 cycles" tests/system/kill_test.py build/dev/skerry --cycles 500

printf '\n%s\n' "$(date -u +%F)"
printf '%s\n' "${results[@]}"
! printf '%s\n' "${results[@]}" | grep -q ^FAILED
