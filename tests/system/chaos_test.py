#!/usr/bin/python3
"""Issue figure b: three processes, random writes of every kind at all three through RESP, links cut and healed at
random, one node killed with -9 and restarted: at the end all dumps are equal, every acknowledged write is accounted
for, counters are exact.

    chaos_test.py SKERRY [--seconds 60] [--kills 10]"""

import argparse
import threading
import time

import redis

from cluster import Cluster, seed_argument


class Writer(threading.Thread):
    """Writes at one node and remembers what was acknowledged and what is in doubt."""

    def __init__(self, node, index, random, until):
        super().__init__(daemon=True)
        self.node, self.index, self.random, self.until = node, index, random, until
        self.counters = {}       # key → (sum of acknowledged, [increments in doubt])
        self.elements = set()    # members that nobody ever removes, acknowledged
        self.doubtful_elements = set()
        self.fields = {}         # field of our own → acknowledged values, the last first
        self.operations = self.failures = 0

    def run(self):
        client = self.node.client(socket_timeout=10)
        while time.monotonic() < self.until:
            try:
                self.step(client)
                self.operations += 1
            except (redis.ConnectionError, redis.TimeoutError):
                self.failures += 1
                time.sleep(0.02)
                client = self.node.client(socket_timeout=10)
        client.close()

    def step(self, client):
        random, key = self.random, self.random.randrange(20)
        choice = random.randrange(12)
        if choice < 3:
            self.add(f"counter:{key}", random.randrange(-5, 10), lambda name, by: client.incrby(name, by))
        elif choice == 3:
            self.add(f"fields:{key}", random.randrange(1, 10), lambda name, by: client.hincrby(name, "n", by))
        elif choice == 4:
            self.add(f"board:{key}", random.randrange(1, 10), lambda name, by: client.zincrby(name, by, "player"))
        elif choice == 5:
            member = f"{self.index}-{self.operations}-{random.randrange(1 << 30)}"
            self.doubtful_elements.add(member)
            client.sadd("kept", member)
            self.elements.add(member)
        elif choice == 6:
            field = f"{self.index}-{key}"
            value = str(random.randrange(1 << 40))
            self.fields.setdefault(field, []).insert(0, (value, False))
            client.hset("own", field, value)
            self.fields[field][0] = (value, True)
        elif choice == 7:
            client.set(f"string:{key}", f"{self.index}:{random.randrange(1 << 30)}", px=random.choice([None, 60_000]))
        elif choice == 8:
            random.choice([client.sadd, client.srem])(f"set:{key}", *[random.randrange(30) for _ in range(3)])
        elif choice == 9:
            client.zadd(f"scores:{key}", {str(random.randrange(10)): random.randrange(100)})
        elif choice == 10:
            client.delete(random.choice([f"set:{key}", f"scores:{key}", f"string:{key}", f"mixed:{key}"]))
        else:
            with client.pipeline(transaction=True) as batch:
                batch.hset(f"mixed:{key}", mapping={"a": random.randrange(9), "b": random.randrange(9)})
                batch.expire(f"mixed:{key}", 3600)
                batch.execute(raise_on_error=False)

    def add(self, name, by, increment):
        acknowledged, doubts = self.counters.setdefault(name, [0, []])
        doubts.append(by)  # until the answer comes
        increment(name, by)
        doubts.pop()
        self.counters[name][0] = acknowledged + by


def reachable(acknowledged, doubts, value):
    """Whether value = acknowledged + the sum of some subset of the increments in doubt."""
    sums = {acknowledged}
    for by in doubts:
        sums |= {total + by for total in sums}
    return value in sums


def check(cluster, writers):
    wrong = []
    with cluster.nodes[0].client(decode_responses=True) as client:
        totals = {}
        for writer in writers:
            for name, (acknowledged, doubts) in writer.counters.items():
                total = totals.setdefault(name, [0, []])
                total[0] += acknowledged
                total[1] += doubts
        for name, (acknowledged, doubts) in totals.items():
            if name.startswith("counter:"):
                value = int(client.get(name) or 0)
            elif name.startswith("fields:"):
                value = int(client.hget(name, "n") or 0)
            else:
                value = int(float(client.zscore(name, "player") or 0))
            if not reachable(acknowledged, doubts[:16], value):
                wrong.append(f"{name} is {value}, acknowledged {acknowledged}, in doubt {doubts}")
        kept = client.smembers("kept")
        for writer in writers:
            wrong += [f"lost member {member}" for member in writer.elements - kept]
            for field, values in writer.fields.items():
                # The value must be the last acknowledged one, or one written after it whose answer was lost.
                last = next((i for i, (_, acknowledged) in enumerate(values) if acknowledged), len(values) - 1)
                allowed = {value for value, _ in values[: last + 1]}
                if client.hget("own", field) not in allowed and any(acknowledged for _, acknowledged in values):
                    wrong.append(f"field {field} is not the last acknowledged")
        unknown = kept - set().union(*(writer.doubtful_elements for writer in writers))
        wrong += [f"member from nowhere {member}" for member in unknown]
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=10)
    arguments = parser.parse_args()
    random = seed_argument()
    with Cluster(arguments.binary, 3) as cluster:
        cluster.wait_connected()
        until = time.monotonic() + arguments.seconds
        writers = [Writer(node, index, type(random)(random.random()), until) for index, node in enumerate(cluster.nodes)]
        for writer in writers:
            writer.start()
        faults = sorted(random.uniform(0.1, 0.9) * arguments.seconds for _ in range(arguments.kills + 20))
        kill_at = set(random.sample(range(len(faults)), arguments.kills))
        began = time.monotonic()
        victim = cluster.nodes[2]
        for index, at in enumerate(faults):
            time.sleep(max(0, began + at - time.monotonic()))
            if index in kill_at:
                victim.kill()
                time.sleep(random.uniform(0, 0.5))
                victim.start()
                continue
            here, there = random.sample(cluster.nodes, 2)
            try:
                with here.client() as client:
                    client.execute_command(random.choice(["SKERRY.CUT", "SKERRY.HEAL"]), there.region)
            except redis.ConnectionError:
                pass
        for writer in writers:
            writer.join()
        for node in cluster.nodes:
            for peer in cluster.nodes:
                if peer is not node:
                    with node.client() as client:
                        client.execute_command("SKERRY.HEAL", peer.region)
        took = cluster.wait_equal(60)
        dumps = cluster.dumps()
        assert all(dump == dumps[0] for dump in dumps), "digests are equal but dumps are not"
        wrong = check(cluster, writers)
        operations = sum(writer.operations for writer in writers)
        failures = sum(writer.failures for writer in writers)
        print(f"{operations} writes acknowledged, {failures} in doubt, {arguments.kills} kills, "
              f"{len(dumps[0])} cells equal on 3 nodes {took:.2f} s after the heal")
        assert operations > 100 * arguments.seconds / 10, "hardly anything was written"
        assert not wrong, "\n".join(wrong[:20])


if __name__ == "__main__":
    main()
