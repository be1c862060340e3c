#!/usr/bin/env python3
"""Writes the tables of docs/testing.md: walks every short history, plants every fault, and puts what found it between
the page's markers.  `make faults` calls this:  write_tables.py BUILD_DIRECTORY PAGE
"""
import re
import subprocess
import sys

TABLES = {
    "walks": ("skerry_crdt_test", "*EveryShortHistory*", "walk", "commands to choose from", "steps", "histories"),
    "crdt faults": ("skerry_faults_test", "Planted/CrdtFault*", "fault", "what it does", "found by", "histories until then"),
    "stream faults": ("skerry_faults_test", "Planted/StreamFault*", "fault", "what it does", "random walks that notice",
                      "first seed", "schedules that notice"),
    "node faults": ("skerry_faults_test", "NodeFault.DoesThis", "fault", "what it does"),
    "simulator": ("skerry_faults_test", "Planted/SimulatorFault*", "fault", "seeds until found",
                  "events in the smallest world", "hosts there", "runs until then", "what the checkers say"),
    "maelstrom": ("skerry_faults_test", "Planted/MaelstromFault*", "fault", "g-set", "g-counter", "pn-counter",
                  "unique-ids", "what the first of them says"),
}


def rows_of(program, tests):
    run = subprocess.run([program, f"--gtest_filter={tests}"], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{program} {tests} fails:\n{run.stdout[-2000:]}{run.stderr}")
    return [line for line in run.stdout.splitlines() if line.startswith("| `")]


def main(build, page):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    for name, (program, tests, *columns) in TABLES.items():
        rows = rows_of(f"{build}/tests/{program}", tests)
        lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|", *rows]
        table = f"<!-- table: {name} -->\n" + "\n".join(lines) + "\n<!-- end of table -->"
        place = re.compile(f"<!-- table: {name} -->\n.*?<!-- end of table -->", re.DOTALL)
        if not rows or not place.search(text):
            sys.exit(f"{page}: the table '{name}' has no place, or no rows")
        text = place.sub(lambda _: table, text)
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
