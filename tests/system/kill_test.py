#!/usr/bin/python3
"""Issue figure c: kill -9 of one node under acknowledged load, again and again: nothing acknowledged is lost.

    kill_test.py SKERRY [--cycles 500]"""

import argparse
import threading
import time

import redis

from cluster import Cluster, seed_argument


class Load(threading.Thread):
    """Rounds of three pipelined writes to keys of its own, until the connection breaks."""

    def __init__(self, node, index, last):
        super().__init__(daemon=True)
        self.node, self.index = node, index
        self.acknowledged = self.sent = last
        self.rounds = 0

    def run(self):
        try:
            client = self.node.client(socket_timeout=5)
            while True:
                number = self.sent + 1
                with client.pipeline(transaction=False) as pipeline:
                    pipeline.incr(f"count:{self.index}")
                    pipeline.sadd(f"all:{self.index}", number)
                    pipeline.set(f"last:{self.index}", number)
                    self.sent = number
                    pipeline.execute()
                self.acknowledged = number
                self.rounds += 1
        except (redis.ConnectionError, redis.TimeoutError):
            pass


class Expected:
    """What one load's keys must show: never less than was acknowledged, never more than was sent."""

    def __init__(self):
        self.acknowledged = self.sent = self.rounds = 0

    def check(self, client, index, cycle):
        last = int(client.get(f"last:{index}") or 0)
        count = int(client.get(f"count:{index}") or 0)
        members = client.scard(f"all:{index}")
        assert self.acknowledged <= last <= self.sent, f"cycle {cycle}: last {last}, acknowledged {self.acknowledged}"
        # A round cut off by the kill may have left its INCR and SADD, so these may be greater than the rounds.
        assert self.rounds <= count <= self.rounds + cycle, f"cycle {cycle}: count {count}, rounds {self.rounds}"
        assert self.rounds <= members <= self.sent, f"cycle {cycle}: {members} members, rounds {self.rounds}"
        if self.acknowledged:
            assert client.sismember(f"all:{index}", self.acknowledged), f"cycle {cycle}: the last member is lost"
        return last


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--cycles", type=int, default=500)
    arguments = parser.parse_args()
    random = seed_argument()
    expected = [Expected() for _ in range(4)]
    with Cluster(arguments.binary, 1, start=False) as cluster:
        node = cluster.nodes[0]
        for cycle in range(arguments.cycles + 1):
            node.start()
            with node.client() as client:
                lasts = [one.check(client, index, cycle) for index, one in enumerate(expected)]
            if cycle == arguments.cycles:
                break
            loads = [Load(node, index, last) for index, last in enumerate(lasts)]
            for load in loads:
                load.start()
            time.sleep(random.uniform(0.005, 0.12))
            node.kill()
            for load, one in zip(loads, expected):
                load.join()
                one.acknowledged, one.sent, one.rounds = load.acknowledged, load.sent, one.rounds + load.rounds
    rounds = sum(one.rounds for one in expected)
    print(f"{arguments.cycles} kills, {rounds} acknowledged rounds of 3 writes, 0 lost")
    assert rounds > arguments.cycles, "hardly anything was written"


if __name__ == "__main__":
    main()
