#!/usr/bin/env bash
# Grows the corpus of every fuzz target:  run.sh BUILD-FOLDER SECONDS-EACH
# New inputs go to a folder beside the build; those worth keeping are copied into tests/fuzz/corpus by hand.
set -euo pipefail
build=$1 seconds=$2
here=$(dirname "$0")
for target in "$build"/tests/*_fuzz; do
  name=$(basename "$target")
  grown="$build/corpus/$name"
  mkdir -p "$grown" "$here/corpus/$name"
  echo "== $name, $seconds s"
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 -artifact_prefix="$build/$name-" "$grown" "$here/corpus/$name" 2>&1 |
    grep -vE '^(INFO|#)' || { echo "$name: found something, see $build/$name-*" >&2; exit 1; }
done
