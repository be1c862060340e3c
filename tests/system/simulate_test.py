#!/usr/bin/python3
"""`skerry simulate` is the simulator that lies beside skerry: a scenario's exit codes, and what is said of a bad one.

    simulate_test.py SKERRY"""

import json
import os
import shutil
import subprocess
import tempfile

from cluster import binary_argument

SCENARIO = """title = "Two shops"
duration = "60s"
regions = ["eu-west-1", "us-east-1"]
[[fault]]
at = "10s"
cut = "eu-west-1"
for = "30s"
[[step]]
at = "20s"
region = "eu-west-1"
do = "DECR stock"
[[step]]
at = "20s"
region = "us-east-1"
do = "DECR stock"
[expect.final]
stock = %d
"""


def simulate(skerry, *words):
    return subprocess.run([skerry, "simulate", *words], capture_output=True, text=True, timeout=120)


def main():
    skerry = binary_argument()
    with tempfile.TemporaryDirectory() as folder:
        def scenario(name, text):
            path = os.path.join(folder, name)
            with open(path, "w") as file:
                file.write(text)
            return path

        good = scenario("good.toml", SCENARIO % -2)
        run = simulate(skerry, good)
        assert run.returncode == 0 and "holds" in run.stdout, run
        run = simulate(skerry, good, "--seeds", "1..3", "--json", "--twice")
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        assert run.returncode == 0 and len(lines) == 4, run
        assert all(one["met"] for line in lines[:3] for one in line["expectations"]), run
        assert [line["run"]["seed"] for line in lines[:3]] == [1, 2, 3], run

        unmet = scenario("unmet.toml", SCENARIO % -1)
        run = simulate(skerry, unmet, "--seed", "7")
        assert run.returncode == 1, run
        assert "NOT MET   stock is -1: in eu-west-1 it is -2" in run.stdout, run.stdout
        assert f"see it again: skerry-simulate {unmet} --seed 7" in run.stdout, run.stdout

        bad = scenario("bad.toml", (SCENARIO % -2).replace("DECR stock", "LPUSH stock 1"))
        run = simulate(skerry, bad)
        assert run.returncode == 2 and run.stdout == "", run
        assert f"{bad}:11: [[step]] do: 'LPUSH stock 1'" in run.stderr and "accepted are GET" in run.stderr, run.stderr
        assert simulate(skerry, os.path.join(folder, "nowhere.toml")).returncode == 2
        assert simulate(skerry, good, "--minutes", "5").returncode == 2
        assert "SCENARIO" in simulate(skerry, "--help").stdout.upper()

        history = os.path.join(folder, "history.edn")
        run = simulate(skerry, "--workload", "g-set", "--seed", "1", "--minutes", "1", "--json", "--history", history)
        assert run.returncode == 0, run
        found = json.loads(run.stdout.splitlines()[0])
        assert found["workload"] == "g-set" and found["result"]["valid?"] is True, found
        with open(history) as file:
            entries = file.read().splitlines()
        completed = [entry for entry in entries if ":type :invoke" not in entry]
        assert len(completed) == found["stats"]["count"], found["stats"]
        assert sum(":f :add" in entry for entry in entries) > sum(":final? true" in entry for entry in entries) > 0
        run = simulate(skerry, "--workload", "lin-kv", "--seed", "1")
        assert run.returncode == 2 and "broadcast, g-set" in run.stderr, run

        alone = os.path.join(folder, "skerry")
        shutil.copy(skerry, alone)
        run = simulate(alone, good)
        assert run.returncode == 2 and "is not installed" in run.stderr, run


if __name__ == "__main__":
    main()
