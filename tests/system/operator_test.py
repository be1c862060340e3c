#!/usr/bin/python3
"""What operators do: make mistakes in the configuration, look into a running node's files, stop it under load.

    operator_test.py SKERRY [--stops 20]"""

import argparse
import os
import re
import socket
import subprocess
import sys
import threading

import redis

from cluster import Cluster

def mistakes(binary):
    """What only the machine can find wrong: one sentence with file, line and key, before anything is made."""
    with Cluster(binary, 1, start=False) as cluster, socket.create_server(("127.0.0.1", 0)) as taken:
        node = cluster.nodes[0]
        node.write_config()
        with open(node.config) as file:
            right = file.read()
        port = f"127.0.0.1:{taken.getsockname()[1]}"
        peer = f'[[peer]]\nname = "us"\npublic_key = "{node.public_key}"\n'
        cases = [
            (right.replace(f"127.0.0.1:{node.resp_port}", "nosuch.invalid:1"), "[resp] listen: cannot look up", 2),
            (right.replace(f"127.0.0.1:{node.peer_port}", "nosuch.invalid:1"), "[peers] listen: cannot look up", 2),
            (right.replace(node.key_file, "/nowhere"), "[peers] private_key_file: cannot open", 2),
            (right.replace(cluster.secret_file, "/nowhere"), "[peers] cluster_secret_file: cannot open", 2),
            (right + peer, "[[peer]] public_key: this is the key of this node itself; accepted is", 2),
            (right.replace(f"127.0.0.1:{node.resp_port}", port), f"[resp] listen: cannot listen at {port} (", 1),
            (right.replace(f"127.0.0.1:{node.peer_port}", port), f"[peers] listen: cannot listen at {port} (", 1),
        ]
        for text, sentence, code in cases:
            assert text != right
            with open(node.config, "w") as file:
                file.write(text)
            run = subprocess.run([binary, "serve", "--config", node.config], capture_output=True, text=True, timeout=30)
            said = run.stderr.strip()
            assert run.returncode == code, f"{sentence!r}: ended with {run.returncode}: {said}"
            assert "\n" not in said and re.match(rf"skerry: {node.config}:\d+: {re.escape(sentence)}", said), said
            assert not os.path.exists(os.path.join(node.directory, "data")), f"{sentence!r}: data was made"
    print(f"{len(cases)} mistakes: each one sentence with file, line and key, and nothing made")


LOOK = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM segments').fetchone()[0])"


def look_into_the_log(binary):
    """Another program opens log.db and closes it again, as the sqlite3 shell does; nothing acknowledged is lost."""
    with Cluster(binary, 1) as cluster:
        node = cluster.nodes[0]
        node.stop()
        node.start()  # on files that were there already
        log = os.path.join(node.directory, "data", "log.db")
        with node.client() as client:
            client.set("before", 1)
            subprocess.run([sys.executable, "-c", LOOK, log], check=True, capture_output=True)
            assert os.path.exists(log + "-wal"), "whoever looked took itself for the last user and removed the WAL"
            client.set("after", 2)
        node.kill()
        node.start()
        with node.client() as client:
            assert client.mget("before", "after") == [b"1", b"2"]
    print("a look into log.db of a running node: nothing lost")


class Load(threading.Thread):
    """INCRs one by one until the node ends."""

    def __init__(self, node, index):
        super().__init__(daemon=True)
        self.node, self.index, self.acknowledged = node, index, 0

    def run(self):
        try:
            client = self.node.client(socket_timeout=20)
            while True:
                client.incr(f"count:{self.index}")
                self.acknowledged += 1
        except (redis.ConnectionError, redis.TimeoutError):
            pass


def stop_under_load(binary, stops):
    """SIGTERM while clients write and a peer is told of it: exit code 0 (Node.stop looks), and all is there."""
    counted = [0] * 4
    with Cluster(binary, 2) as cluster:
        node = cluster.nodes[0]
        for _ in range(stops):
            cluster.wait_connected()
            loads = [Load(node, index) for index in range(len(counted))]
            for load in loads:
                load.start()
            while sum(load.acknowledged for load in loads) < 200:
                assert node.process.poll() is None, node.log_text()[-3000:]
            node.stop()
            for load in loads:
                load.join()
                counted[load.index] += load.acknowledged
            node.start()
            with node.client() as client:
                for index, count in enumerate(counted):
                    found = int(client.get(f"count:{index}"))
                    # The last INCR may have been done though its answer did not arrive.
                    assert count <= found <= count + 1, f"count:{index} is {found}, acknowledged {count}"
                    counted[index] = found
        cluster.wait_equal(30)
    print(f"{stops} times SIGTERM under load: ended with 0, {sum(counted)} increments, none lost")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--stops", type=int, default=20)
    arguments = parser.parse_args()
    mistakes(arguments.binary)
    look_into_the_log(arguments.binary)
    stop_under_load(arguments.binary, arguments.stops)


if __name__ == "__main__":
    main()
