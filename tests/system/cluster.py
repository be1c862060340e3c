"""Real processes on loopback: starts, cuts, kills and compares nodes for the system tests and the benchmarks.

Everything lives in one temporary directory and ends with it; only processes started here are ever ended."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import redis

REGIONS = ["us-east", "eu-west", "ap-south", "sa-east", "af-south"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_ports_in_a_row(count):
    """The first of so many, below those that the kernel gives to whoever connects."""
    while True:
        first = random.randrange(10_000, 32_000)
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue


class Node:
    """One `skerry serve` process and its data directory."""

    def __init__(self, cluster, region, ack="durable", extra=()):
        self.cluster, self.region, self.ack, self.extra = cluster, region, ack, list(extra)
        self.resp_port, self.peer_port = free_port(), free_port()
        self.directory = os.path.join(cluster.directory, region)
        os.makedirs(self.directory, exist_ok=True)
        self.process = None
        self.config = os.path.join(self.directory, "node.toml")
        self.peers = None  # the nodes it knows; None: all others of the cluster
        self.peer_addresses = {}  # region → address to dial instead of the real one (a proxy)
        self.peers_dialled = True  # or only waited for
        self.secret_file = cluster.secret_file
        self.key_file = os.path.join(self.directory, "node.key")
        words = cluster.keygen(self.key_file).split()
        self.public_key = next(word for word in words if word.startswith("skerry-public-key:"))

    def write_config(self):
        lines = [
            "[node]", f'region = "{self.region}"', f'data = "{self.directory}/data"', f'ack = "{self.ack}"',
            *self.extra,
            "[resp]", f'listen = "127.0.0.1:{self.resp_port}"',
            "[peers]", f'listen = "127.0.0.1:{self.peer_port}"', f'private_key_file = "{self.key_file}"',
            f'cluster_secret_file = "{self.secret_file}"', 'cluster = "test"',
            "[log]", f'level = "{self.cluster.log_level}"',
        ]
        for peer in self.cluster.nodes if self.peers is None else self.peers:
            if peer is self:
                continue
            lines += ["[[peer]]", f'name = "{peer.region}"', f'public_key = "{peer.public_key}"']
            if self.peers_dialled:
                lines.append(f'address = "{self.peer_addresses.get(peer.region, f"127.0.0.1:{peer.peer_port}")}"')
        with open(self.config, "w") as file:
            file.write("\n".join(lines) + "\n")

    def start(self, wait=True):
        self.write_config()
        self.log = open(os.path.join(self.directory, "log"), "ab")
        self.process = subprocess.Popen([self.cluster.binary, "serve", "--config", self.config],
                                        stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(self.how_it_ended())
            try:
                with self.client(socket_timeout=2) as client:
                    client.ping()
                    return
            except (redis.ConnectionError, redis.TimeoutError):
                time.sleep(0.01)
        raise RuntimeError(f"{self.region} is not ready after {seconds} s:\n{self.log_text()[-3000:]}")

    def client(self, **options):
        options.setdefault("socket_timeout", 20)
        return redis.Redis(host="127.0.0.1", port=self.resp_port, **options)

    def kill(self):
        """kill -9: what a power switch does to a process."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.returncode == -signal.SIGKILL, self.how_it_ended()
        self.process = None

    def stop(self):
        """SIGTERM, and whatever that gives but exit code 0 is an error, as is having ended before."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        ended = self.how_it_ended()
        code, self.process = self.process.returncode, None
        assert code == 0, ended

    def how_it_ended(self):
        return f"{self.region} ended with {self.process.returncode}:\n{self.log_text()[-3000:]}"

    def log_text(self):
        with open(os.path.join(self.directory, "log"), errors="replace") as file:
            return file.read()

    def resident_peak_bytes(self):
        """The most that was ever resident since the process began: the kernel's own high-water mark, no sample."""
        with open(f"/proc/{self.process.pid}/status") as file:
            line = next(line for line in file if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Cluster:
    """`with Cluster(binary, 3) as cluster:` gives nodes that all know each other."""

    def __init__(self, binary, size, ack="durable", extra=(), start=True, log_level="info"):
        self.binary = os.path.abspath(binary)
        self.directory = tempfile.mkdtemp(prefix="skerry-test-")
        self.secret_file = os.path.join(self.directory, "cluster.secret")
        self.log_level = log_level
        self.keygen("--cluster-secret", self.secret_file)
        self.nodes = []
        for region in REGIONS[:size]:
            self.nodes.append(Node(self, region, ack, extra))
        self.start_all = start

    def __enter__(self):
        if self.start_all:
            for node in self.nodes:
                node.start(wait=False)
            for node in self.nodes:
                node.wait_ready()
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            for node in self.nodes:
                try:
                    print(f"--- log of {node.region}\n{node.log_text()[-4000:]}", file=sys.stderr)
                except OSError:
                    pass
        wrong = []
        for node in self.nodes:
            try:
                node.stop()
            except AssertionError as error:
                wrong.append(str(error))
        if kind is None or os.environ.get("SKERRY_KEEP") is None:
            shutil.rmtree(self.directory, ignore_errors=True)
        else:
            print(f"kept: {self.directory}", file=sys.stderr)
        assert kind is not None or not wrong, "\n".join(wrong)

    def keygen(self, *words):
        return subprocess.run([self.binary, "keygen", *words], check=True, capture_output=True, text=True).stdout

    def wait_equal(self, seconds=60, space=0):
        """Waits until all nodes have seen the same dots and hold the same cells.  The seconds it took."""
        began = time.monotonic()
        last = None
        while time.monotonic() - began < seconds:
            last = [self.fingerprint(node, space) for node in self.nodes]
            if all(fingerprint == last[0] for fingerprint in last):
                return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(f"not equal after {seconds} s: " + "\n".join(map(repr, last)))

    @staticmethod
    def fingerprint(node, space=0):
        with node.client() as client:
            return client.execute_command("SKERRY.CONTEXT", space), client.execute_command("SKERRY.DIGEST", space)

    def dumps(self, space=0):
        dumps = []
        for node in self.nodes:
            with node.client() as client:
                dumps.append(client.execute_command("SKERRY.DUMP", space))
        return dumps

    def wait_connected(self, seconds=30):
        """Until every node reports a live session with every other."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            reports = []
            for node in self.nodes:
                with node.client() as client:
                    reports.append(repr(client.execute_command("SKERRY.PEERS")))
            if all(report.count("connected") == len(self.nodes) - 1 for report in reports):
                return
            time.sleep(0.05)
        raise AssertionError(f"not all connected: {reports}")


def binary_argument():
    """The skerry binary: the first argument of every system test."""
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit(f"usage: {sys.argv[0]} PATH-OF-SKERRY [options]")
    return sys.argv[1]


def seed_argument():
    seed = int(os.environ.get("SKERRY_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"seed {seed} (repeat with SKERRY_SEED={seed})", flush=True)
    return random.Random(seed)
