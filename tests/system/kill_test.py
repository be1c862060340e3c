#!/usr/bin/python3
"""Issue figure c: kill -9 of one node under acknowledged load, again and again: nothing acknowledged is lost, and
nothing comes that was not sent.

    kill_test.py SKERRY [--cycles 500]"""

import argparse
import threading
import time

import redis

from cluster import Cluster, seed_argument


class Load:
    """One client with three keys of its own.  Each round pipelines INCR, SADD and SET and takes the answers one by one,
    so that of a round that is cut off it is known which writes were acknowledged.  What a restart shows must be what
    was acknowledged, and of the cut round a beginning: the writes of one connection are applied in its order.  What
    has once been shown counts as acknowledged from then on."""

    def __init__(self, index):
        self.index = index
        self.count = 0  # these three are what was acknowledged
        self.members = set()
        self.last = 0
        self.sent = 0          # the number of the last round, also of one that was cut off
        self.acknowledged = 3  # how many of that round's writes were answered
        self.rounds = 0

    def run(self, node):
        """Until the connection breaks."""
        try:
            connection = node.client(socket_timeout=30).connection_pool.get_connection("round")
            while True:
                number = self.sent + 1
                requests = connection.pack_commands([("INCR", f"count:{self.index}"),
                                                     ("SADD", f"all:{self.index}", number),
                                                     ("SET", f"last:{self.index}", number)])
                self.sent, self.acknowledged = number, 0
                connection.send_packed_command(requests)
                for take in (self.counted, self.added, self.was_set):
                    take(connection.read_response())
                    self.acknowledged += 1
                self.rounds += 1
        except redis.ConnectionError:
            pass

    def counted(self, answer):
        assert answer == self.count + 1, f"INCR of {self.count} answered {answer}"
        self.count = answer

    def added(self, answer):
        assert answer == 1, f"SADD of a new member answered {answer}"
        self.members.add(self.sent)

    def was_set(self, answer):
        assert answer == b"OK", answer
        self.last = self.sent

    def check(self, client, whole):
        """`whole`: every member is compared; otherwise only how many there are."""
        count = int(client.get(f"count:{self.index}") or 0)
        last = int(client.get(f"last:{self.index}") or 0)
        if self.acknowledged < 3:
            incremented = self.count + (self.acknowledged == 0)  # an INCR that was answered is in self.count already
            applied = [count == incremented, bool(client.sismember(f"all:{self.index}", self.sent)), last == self.sent]
            assert all(applied[:self.acknowledged]), f"{self.acknowledged} were acknowledged, there are {applied}"
            assert applied == sorted(applied, reverse=True), f"a later write without an earlier: {applied}"
            if applied[0]:
                self.count = incremented
            if applied[1]:
                self.members.add(self.sent)
            if applied[2]:
                self.last = self.sent
            self.acknowledged = 3
        assert count == self.count, f"count {count}, must be {self.count}"
        assert last == self.last, f"last {last}, must be {self.last}"
        size = client.scard(f"all:{self.index}")
        assert size == len(self.members), f"{size} members, must be {len(self.members)}"
        if whole:
            found = {int(member) for member in client.smembers(f"all:{self.index}")}
            assert found == self.members, f"lost {self.members - found}, from nowhere {found - self.members}"


class Thread(threading.Thread):
    """Keeps what went wrong, which a plain thread would only print."""

    def __init__(self, load, node):
        super().__init__(daemon=True)
        self.load, self.node, self.wrong = load, node, None

    def run(self):
        try:
            self.load.run(self.node)
        except Exception as error:  # whatever it is, the main thread raises it
            self.wrong = error


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--cycles", type=int, default=500)
    arguments = parser.parse_args()
    random = seed_argument()
    loads = [Load(index) for index in range(4)]
    doubts = 0
    with Cluster(arguments.binary, 1, start=False) as cluster:
        node = cluster.nodes[0]
        for cycle in range(arguments.cycles + 1):
            node.start()
            doubts += sum(load.acknowledged < 3 for load in loads)
            with node.client() as client:
                for load in loads:
                    # All members every now and then: what is lost stays lost.
                    load.check(client, whole=cycle % 20 == 0 or cycle == arguments.cycles)
            if cycle == arguments.cycles:
                break
            threads = [Thread(load, node) for load in loads]
            for thread in threads:
                thread.start()
            time.sleep(random.uniform(0.005, 0.12))
            node.kill()
            for thread in threads:
                thread.join()
                if thread.wrong is not None:
                    raise thread.wrong
    rounds = sum(load.rounds for load in loads)
    print(f"{arguments.cycles} kills, {rounds} acknowledged rounds of 3 writes, {doubts} rounds cut off, 0 lost")
    assert rounds > arguments.cycles, "hardly anything was written"
    assert doubts > arguments.cycles / 4, "the kills hit no writes"


if __name__ == "__main__":
    main()
