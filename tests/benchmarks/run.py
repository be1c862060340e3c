#!/usr/bin/python3
"""Speed as ratios against a peer in the same run (figures g, h and i) and, of the simulator, against real time
(figure s), as one table.

    run.py [--build build/release] [--only g,h,i,s] [--rounds 3] [--scale 1.0]

Absolute times are noisy on a shared machine, so rounds are interleaved and medians compared; server CPU comes from
/proc (10 ms ticks)."""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from cluster import Cluster, free_port  # noqa: E402

rows = []


def row(figure, what, measured, bar, passed):
    rows.append((figure, what, measured, bar, "ok" if passed else "MISSED"))
    print(f"{figure}  {what:<58} {measured:>10}   {bar:<22} {'ok' if passed else 'MISSED'}", flush=True)


class RedisServer:
    def __init__(self, *options):
        self.directory = tempfile.mkdtemp(prefix="skerry-redis-")
        self.resp_port = free_port()
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.resp_port), "--dir", self.directory, "--save", "", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if subprocess.run(["redis-cli", "-p", str(self.resp_port), "ping"], capture_output=True).stdout == b"PONG\n":
                break
            time.sleep(0.02)

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def load(server, command, pipeline, requests, clients=50):
    """Requests a second, and server CPU microseconds a request."""
    before = server.cpu_seconds()
    run = subprocess.run(["redis-benchmark", "-p", str(server.resp_port), "-t", command, "-c", str(clients), "-d", "100",
                          "-r", "100000", "-P", str(pipeline), "-n", str(requests), "--csv"],
                         capture_output=True, text=True, timeout=300)
    cpu = server.cpu_seconds() - before
    match = re.search(rf'^"{command.upper()}[^"]*","([0-9.]+)"', run.stdout, re.M)
    if not match:
        raise RuntimeError(run.stdout + run.stderr)
    return float(match.group(1)), cpu / requests * 1e6


def compare(ours, theirs, command, pipeline, requests, rounds):
    """(throughput ours ÷ theirs, CPU theirs ÷ ours, share of our loads with the flush running), medians over
    interleaved rounds."""
    measured = {id(ours): [], id(theirs): []}
    flushed = loaded = 0
    for server in (ours, theirs):  # warm
        load(server, command, pipeline, requests // 4)
    for round_number in range(rounds):
        for server in (ours, theirs) if round_number % 2 else (theirs, ours):
            before, began = flush_seconds(ours), time.monotonic()
            measured[id(server)].append(load(server, command, pipeline, requests))
            if server is ours:
                flushed += flush_seconds(ours) - before
                loaded += time.monotonic() - began
    throughput = {key: statistics.median(value[0] for value in values) for key, values in measured.items()}
    cpu = {key: statistics.median(value[1] for value in values) for key, values in measured.items()}
    print(f"   {command} -P {pipeline}: ours {throughput[id(ours)]:,.0f}/s {cpu[id(ours)]:.2f} us CPU; "
          f"redis {throughput[id(theirs)]:,.0f}/s {cpu[id(theirs)]:.2f} us CPU", flush=True)
    return throughput[id(ours)] / throughput[id(theirs)], cpu[id(theirs)] / cpu[id(ours)], flushed / loaded


def flush_seconds(node):
    """Seconds the store has spent flushing so far."""
    with node.client() as client:
        return float(client.info()["skerry_flush_seconds"])


def figure_g(binary, arguments):
    with Cluster(binary, 1, ack="memory") as cluster:
        node, peer = cluster.nodes[0], RedisServer("--appendonly", "yes", "--appendfsync", "everysec")
        try:
            for pipeline, requests in ((1, 150_000), (16, 1_500_000)):
                for command in ("set", "get"):
                    throughput, cpu, share = compare(node, peer, command, pipeline, int(requests * arguments.scale), arguments.rounds)
                    what = f"{command.upper()} -P {pipeline}, memory vs everysec"
                    if command == "set":
                        row("g", f"SET -P {pipeline}: share of its loads with the flush running", f"{share:.2f}", ">= 0.50", share >= 0.5)
                    if pipeline == 1:
                        row("g", f"{what}: throughput ÷ Redis's", f"{throughput:.2f}", ">= 0.90", throughput >= 0.9)
                        row("g", f"{what}: Redis's CPU ÷ ours", f"{cpu:.2f}", ">= 0.90", cpu >= 0.9)
                    else:
                        row("g", f"{what}: throughput ÷ Redis's", f"{throughput:.2f}", "(no bar)", True)
                        row("g", f"{what}: Redis's CPU ÷ ours", f"{cpu:.2f}", ">= 1.30", cpu >= 1.3)
        finally:
            peer.stop()


def figure_h(binary, arguments):
    with Cluster(binary, 1, ack="durable") as cluster:
        node, peer = cluster.nodes[0], RedisServer("--appendonly", "yes", "--appendfsync", "always")
        try:
            for pipeline, requests in ((1, 40_000), (16, 400_000)):
                throughput, _, _ = compare(node, peer, "set", pipeline, int(requests * arguments.scale), arguments.rounds)
                row("h", f"SET -P {pipeline}, durable vs fsync always: throughput", f"{throughput:.2f}", ">= 1.00", throughput >= 1)
        finally:
            peer.stop()


def figure_i(binary, arguments):
    seconds = 10 * arguments.scale
    with Cluster(binary, 3, ack="durable") as cluster:
        cluster.wait_connected()

        def commits():
            total = 0
            for node in cluster.nodes:
                with node.client() as client:
                    total += int(client.info()["skerry_log_commits"])
            return total

        program = os.path.join(arguments.build, "tests", "visibility_bench")
        ports = [str(cluster.nodes[0].resp_port), str(cluster.nodes[1].resp_port)]
        subprocess.run([program, *ports, "500", "2"], capture_output=True, timeout=60)
        before = commits()
        run = subprocess.run([program, *ports, "2000", str(seconds)], capture_output=True, text=True, timeout=120, check=True)
        rate = (commits() - before) / 3 / (seconds + 1)
        ours = json.loads(run.stdout)
        baseline = os.path.join(arguments.build, "tests", "sync_bench")
        processes = [subprocess.Popen([baseline, os.path.join(cluster.directory, f"sync{i}"), str(max(rate, 1)), str(seconds)],
                                      stdout=subprocess.PIPE, text=True) for i in range(3)]
        syncs = [json.loads(process.communicate()[0]) for process in processes]
        p50 = statistics.median(sync["p50"] for sync in syncs)
        p99 = statistics.median(sync["p99"] for sync in syncs)
        print(f"   visibility p50 {ours['p50']} us, p99 {ours['p99']} us ({ours['visible']} of {ours['writes']} seen); "
              f"4 KiB + fdatasync in 3 processes at {rate:.0f}/s each: p50 {p50:.0f} us, p99 {p99:.0f} us")
        bound50, bound99 = 4 * p50 + 1000, 3 * p99
        row("i", "writes seen elsewhere ÷ writes", f"{ours['visible'] / ours['writes']:.3f}", ">= 0.999", ours["visible"] >= 0.999 * ours["writes"])
        row("i", "visibility elsewhere, p50 ÷ (4 × fdatasync p50 + 1 ms)", f"{ours['p50'] / bound50:.2f}", "<= 1.00", ours["p50"] <= bound50)
        row("i", "visibility elsewhere, p99 ÷ (3 × fdatasync p99)", f"{ours['p99'] / bound99:.2f}", "<= 1.00", ours["p99"] <= bound99)


def figure_s(binary, arguments):
    bench = os.path.join(arguments.build, "tests", "simulate_bench")
    for profile, worlds, bar in (("protocol", 20, 2000), ("full", 6, 80)):
        runs = [json.loads(subprocess.run([bench, profile, str(max(1, int(worlds * arguments.scale)))], check=True,
                                          capture_output=True, text=True).stdout) for _ in range(arguments.rounds)]
        run = sorted(runs, key=lambda run: run["times_real_time"])[len(runs) // 2]
        print(f"   {profile}: {run['steps'] / run['cpu_seconds'] / 1e6:.2f} M steps/s, "
              f"{run['operations'] / run['cpu_seconds']:,.0f} operations/s, {run['node_hours_a_minute']:.1f} node-hours a CPU minute")
        row("s", f"simulator, {profile}, 5 nodes, 2 operations/s each: × real time", f"{run['times_real_time']:,.0f}",
            f">= {bar:,}", run["times_real_time"] >= bar)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--only", default="g,h,i,s")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    binary = os.path.join(arguments.build, "skerry")
    for figure in arguments.only.split(","):
        {"g": figure_g, "h": figure_h, "i": figure_i, "s": figure_s}[figure](binary, arguments)
    print("\n| | what | measured | bar | |\n|---|---|---|---|---|")
    for columns in rows:
        print("| " + " | ".join(columns) + " |")
    sys.exit(any(columns[-1] != "ok" for columns in rows))


if __name__ == "__main__":
    main()
