#!/usr/bin/env bash
# Whether two builds of skerry-simulate do the same, seed by seed (I12): the hash of all that happened is compared.
#
#   same_trace.sh SIMULATE OTHER-SIMULATE SEEDS PROFILE
set -euo pipefail
one=$(mktemp) && other=$(mktemp)
trap 'rm -f "$one" "$other"' EXIT
traces() { "$1" --seeds "$2" --profile "$3" --json | grep -o '"seed":[0-9]*,\|"trace":"[^"]*"'; }
traces "$1" "$3" "$4" >"$one"
traces "$2" "$3" "$4" >"$other"
diff "$one" "$other"
echo "$(grep -c trace "$one") seeds of profile $4: the same"
