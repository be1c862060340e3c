#!/usr/bin/python3
"""Issue figure b: three processes, random writes of every kind at all three through RESP, links cut and healed at
random, one node killed with -9 and restarted: at the end all dumps are equal, every acknowledged write is accounted
for (values, members, scores, deadlines, removals), counters are exact.  What is expected is tests/system/chaos_model.py.

    chaos_test.py SKERRY [--seconds 60] [--kills 10]"""

import argparse
import threading
import time

import redis

from chaos_model import Cells, Own, Shared, Sum
from cluster import Cluster, seed_argument

KEYS = 12
MEMBERS = [f"m{number}".encode() for number in range(20)]
NOTHING = (None, None)  # the state of a key that is not there: no content, no deadline
LATER = 4_000_000_000_000  # deadlines are times that this test does not live to see, but for those in space 1
SOON = 2_000  # milliseconds, at most


class Writer(threading.Thread):
    """Writes at one node, and knows what may come of it."""

    def __init__(self, node, index, random, until):
        super().__init__(daemon=True)
        self.node, self.index, self.random, self.until = node, index, random, until
        self.wrong = None
        self.operations = self.failures = self.reads = 0
        self.sums, self.own = {}, {}
        self.shared = Shared()
        self.passing = Shared()  # the same of space 1, which is emptied now and then, and where deadlines pass
        self.deadlines = {}  # key → every deadline ever asked for
        self.kept, self.kept_doubts = set(), set()  # members that nobody removes

    def run(self):
        try:
            client = self.node.client(socket_timeout=60)
            self.space_1 = self.node.client(socket_timeout=60, db=1)
            while time.monotonic() < self.until:
                try:
                    self.step(client)
                    self.operations += 1
                except redis.ConnectionError:
                    self.failures += 1
                    self.await_node(client)
            client.close()
            self.space_1.close()
        except Exception as error:  # whatever it is, the main thread raises it
            self.wrong = error

    def await_node(self, client):
        """A write that was never sent would be one more in doubt."""
        while time.monotonic() < self.until:
            try:
                return client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)

    def step(self, client):
        steps = (self.add, self.add, self.keep, self.set_shared, self.members_shared, self.scores_shared,
                 self.batch_shared, self.delete_shared, self.string_own, self.string_own, self.set_own,
                 self.scores_own, self.hash_own, self.pair_own, self.string_passing, self.members_passing,
                 self.flush_passing)
        self.random.choice(steps)(client, self.random.randrange(KEYS))

    def unique(self):
        return self.random.randrange(1 << 48)

    def deadline(self):
        return LATER + self.unique() % 10**9

    # --- counters: any writer adds

    def add(self, client, key):
        by = self.random.randrange(1, 10) * self.random.choice([1, 1, -1])
        name, run = self.random.choice([
            (f"counter:{key}", lambda: client.incrby(f"counter:{key}", by)),
            (f"fields:{key}", lambda: client.hincrby(f"fields:{key}", "n", by)),
            (f"board:{key}", lambda: client.zincrby(f"board:{key}", by, "player"))])
        total = self.sums.setdefault(name, Sum())
        total.begin(by)
        run()
        total.done(by)

    def keep(self, client, _):
        member = f"{self.index}-{self.unique()}".encode()
        self.kept_doubts.add(member)
        client.sadd("kept", member)
        self.kept.add(member)

    # --- cells that several write at once

    def write_shared(self, run, changes, shared=None):
        """`changes`: cell → what is written there."""
        shared = shared or self.shared
        for cell, value in changes.items():
            shared.begin(cell, value)
        run()
        for cell, value in changes.items():
            shared.done(cell, value)

    def set_shared(self, client, key):
        deadline = self.random.choice([None, self.deadline()])
        value = f"{self.unique()}:{deadline or -1}".encode()  # so that the value says which deadline belongs to it
        self.write_shared(lambda: client.set(f"string:{key}", value, pxat=deadline), {(f"string:{key}", b""): value})

    def members_shared(self, client, key):
        members = self.random.sample(MEMBERS, 3)
        command, value = self.random.choice([(client.sadd, True), (client.srem, None)])
        self.write_shared(lambda: command(f"set:{key}", *members), {(f"set:{key}", member): value for member in members})

    def scores_shared(self, client, key):
        scores = {member: self.unique() for member in self.random.sample(MEMBERS, 2)}
        self.write_shared(lambda: client.zadd(f"scores:{key}", scores),
                          {(f"scores:{key}", member): score for member, score in scores.items()})

    def batch_shared(self, client, key):
        name, values, deadline = f"batch:{key}", {b"a": b"%d" % self.unique(), b"b": b"%d" % self.unique()}, self.deadline()
        self.deadlines.setdefault(name, set()).add(deadline)

        def run():
            with client.pipeline(transaction=True) as batch:
                batch.hset(name, mapping=values)
                batch.pexpireat(name, deadline)
                batch.execute()
        self.write_shared(run, {(name, field): value for field, value in values.items()})

    def delete_shared(self, client, key):
        kind = self.random.choice(["string", "set", "scores", "batch"])
        cells = {"string": [b""], "batch": [b"a", b"b"]}.get(kind, MEMBERS)
        self.write_shared(lambda: client.delete(f"{kind}:{key}"), {(f"{kind}:{key}", cell): None for cell in cells})

    # --- space 1: a deadline that passes is a removal

    def string_passing(self, client, key):
        value, life = b"%d" % self.unique(), self.random.choice([None, self.random.randrange(1, SOON)])
        self.write_shared(lambda: self.space_1.set(f"string:{key}", value, px=life),
                          {(f"string:{key}", b""): value if life is None else None}, self.passing)

    def members_passing(self, client, key):
        members = self.random.sample(MEMBERS, 3)
        self.write_shared(lambda: self.space_1.sadd(f"set:{key}", *members),
                          {(f"set:{key}", member): True for member in members}, self.passing)

    def flush_passing(self, client, key):
        if self.random.random() < 0.8:
            return self.string_passing(client, key)
        cells = {(f"{kind}:{each}", cell): None for each in range(KEYS)
                 for kind, names in (("string", [b""]), ("set", MEMBERS)) for cell in names}
        self.write_shared(self.space_1.flushdb, cells, self.passing)

    # --- keys of this writer alone: every state is known, but for writes in doubt

    def change_own(self, kind, key, run, change):
        own = self.own.setdefault((kind, f"own:{kind}:{self.index}:{key}"), Own(NOTHING))
        mark = own.begin(change)
        run(f"own:{kind}:{self.index}:{key}")
        own.done(mark)

    def read_own(self, client, kind, key):
        name = f"own:{kind}:{self.index}:{key}"
        own = self.own.setdefault((kind, name), Own(NOTHING))
        state = state_of(client, kind, name)
        self.reads += 1
        assert own.saw(state), f"{name} at its own node is {state}, which it cannot be"

    def string_own(self, client, key):
        value, deadline, choice = b"%d" % self.unique(), self.deadline(), self.random.randrange(9)
        kept = lambda state: state[1]
        changes = [
            (lambda name: client.set(name, value), lambda state: (value, None)),
            (lambda name: client.set(name, value, pxat=deadline), lambda state: (value, deadline)),
            (lambda name: client.set(name, value, keepttl=True), lambda state: (value, kept(state))),
            (lambda name: client.append(name, b"+"), lambda state: ((state[0] or b"") + b"+", kept(state))),
            (lambda name: client.pexpireat(name, deadline), lambda state: state[0] and (state[0], deadline) or NOTHING),
            (lambda name: client.persist(name), lambda state: (state[0], None)),
            (lambda name: client.delete(name), lambda state: NOTHING),
            (lambda name: client.getdel(name), lambda state: NOTHING),
        ]
        if choice == len(changes):
            return self.read_own(client, "string", key)
        self.change_own("string", key, *changes[choice])

    def set_own(self, client, key):
        members, choice = self.random.sample(MEMBERS, 3), self.random.randrange(8)
        if choice == 0:
            return self.read_own(client, "set", key)
        if choice == 1:
            return self.change_own("set", key, client.delete, lambda state: NOTHING)
        if choice < 5:
            return self.change_own("set", key, lambda name: client.srem(name, *members),
                                   lambda state: made(Cells(state[0]).without(members), state[1]))
        self.change_own("set", key, lambda name: client.sadd(name, *members),
                        lambda state: made(Cells(state[0]).having(dict.fromkeys(members, True)), state[1]))

    def scores_own(self, client, key):
        member, score, choice = self.random.choice(MEMBERS), self.random.randrange(1000), self.random.randrange(6)
        if choice == 0:
            return self.read_own(client, "scores", key)
        if choice == 1:
            return self.change_own("scores", key, lambda name: client.zrem(name, member),
                                   lambda state: made(Cells(state[0]).without([member]), state[1]))
        if choice < 4:
            return self.change_own("scores", key, lambda name: client.zadd(name, {member: score}),
                                   lambda state: made(Cells(state[0]).having({member: score}), state[1]))
        self.change_own("scores", key, lambda name: client.zincrby(name, score, member),
                        lambda state: made(Cells(state[0]).adding(member, score), state[1]))

    def hash_own(self, client, key):
        field, number, choice = self.random.choice(MEMBERS), self.random.randrange(1000), self.random.randrange(7)
        deadline = self.deadline()
        changes = [
            (lambda name: client.hset(name, field, number),
             lambda state: made(Cells(state[0]).having({field: number}), state[1])),
            (lambda name: client.hincrby(name, field, number),
             lambda state: made(Cells(state[0]).adding(field, number), state[1])),
            (lambda name: client.hdel(name, field), lambda state: made(Cells(state[0]).without([field]), state[1])),
            (lambda name: client.pexpireat(name, deadline), lambda state: made(Cells(state[0]), deadline)),
            (lambda name: client.persist(name), lambda state: (state[0], None)),
            (lambda name: client.delete(name), lambda state: NOTHING),
        ]
        if choice == len(changes):
            return self.read_own(client, "hash", key)
        self.change_own("hash", key, *changes[choice])

    def pair_own(self, client, key):
        """Two keys that are only ever written together."""
        value = b"%d" % self.unique()
        if self.random.random() < 0.2:
            return self.read_own(client, "pair", key)

        def run(name):
            with client.pipeline(transaction=True) as batch:
                batch.set(name, value)
                batch.set(name + ":twin", value)
                batch.execute()
        self.change_own("pair", key, run, lambda state: ((value, value), None))


def made(cells, deadline):
    """A key without cells is gone, and its deadline with it."""
    return (cells.frozen(), deadline) if cells else NOTHING


def state_of(client, kind, name):
    """A key of Writer.own as its model has it."""
    with client.pipeline(transaction=True) as reads:
        reads.execute_command("PEXPIRETIME", name)
        if kind == "string":
            reads.get(name)
        elif kind == "pair":
            reads.mget(name, name + ":twin")
        elif kind == "set":
            reads.smembers(name)
        elif kind == "scores":
            reads.zrange(name, 0, -1, withscores=True)
        else:
            reads.hgetall(name)
        deadline, content = reads.execute()
    deadline = None if deadline in (-1, -2) else deadline
    if kind == "string":
        return content, deadline
    if kind == "pair":
        return NOTHING if content == [None, None] else (tuple(content), deadline)
    if kind == "set":
        return made(Cells(dict.fromkeys(content, True)), deadline)
    return made(Cells({member: int(number) for member, number in (content.items() if kind == "hash" else content)}), deadline)


def wrong_at(client, writers):
    """Everything that one node shows and that cannot be."""
    wrong = []

    def expect(holds, text):
        if not holds:
            wrong.append(text)

    for name in {name for writer in writers for name in writer.sums}:
        value = {"counter": lambda: client.get(name), "fields": lambda: client.hget(name, "n"),
                 "board": lambda: client.zscore(name, "player")}[name.split(":")[0]]()
        possible = Sum.possible([writer.sums[name] for writer in writers if name in writer.sums])
        expect(int(float(value or 0)) in possible, f"{name} is {value}, possible {sorted(possible)[:9]}")
    kept = client.smembers("kept")
    for writer in writers:
        expect(writer.kept <= kept, f"lost members {writer.kept - kept}")
    expect(kept <= set().union(*(writer.kept_doubts for writer in writers)), "members from nowhere in kept")

    for name, cells in shared_keys(client, [writer.shared for writer in writers], expect).items():
        deadline = client.execute_command("PEXPIRETIME", name)
        if name.startswith("string:") and cells:
            expect(deadline == int(cells[b""].split(b":")[1]), f"{name} is {cells[b'']}, its deadline {deadline}")
        elif name.startswith("batch:") and cells:
            asked = set().union(*(writer.deadlines.get(name, set()) for writer in writers))
            expect(deadline in asked, f"{name} has the deadline {deadline}, which nobody asked for")

    for writer in writers:
        for (kind, name), own in writer.own.items():
            state = state_of(client, kind, name)
            expect(state in own.states, f"{name} is {state}, possible {own.states}")
    return wrong


def wrong_in_space_1(client, writers):
    wrong = []
    shared_keys(client, [writer.passing for writer in writers],
                lambda holds, text: None if holds else wrong.append("in space 1: " + text))
    return wrong


def shared_keys(client, shared, expect):
    """What each key shows that several write at once: cell → value."""
    whole = {}
    for name, cell in {cell for each in shared for cell in each.last}:
        if name not in whole:
            whole[name] = shared_cells(client, name)
        allowed = Shared.allowed(shared, (name, cell))
        shown = whole[name].get(cell)
        expect(shown in allowed, f"{name} {cell} is {shown}, allowed {allowed}")
    return whole


def shared_cells(client, name):
    kind = name.split(":")[0]
    if kind == "string":
        value = client.get(name)
        return {} if value is None else {b"": value}
    if kind == "set":
        return dict.fromkeys(client.smembers(name), True)
    return dict(client.zrange(name, 0, -1, withscores=True)) if kind == "scores" else client.hgetall(name)


def faults(cluster, random, seconds, kills):
    """Cuts and heals links, and kills the last node.  How many cuts there were."""
    moments = sorted(random.uniform(0.1, 0.9) * seconds for _ in range(kills + 20))
    kill_at = set(random.sample(range(len(moments)), kills))
    began, victim, cuts = time.monotonic(), cluster.nodes[-1], 0
    for index, at in enumerate(moments):
        time.sleep(max(0, began + at - time.monotonic()))
        if index in kill_at:
            victim.kill()
            time.sleep(random.uniform(0, 0.5))
            victim.start()
            continue
        here, there = random.sample(cluster.nodes, 2)
        command = random.choice(["SKERRY.CUT", "SKERRY.HEAL"])
        with here.client() as client:
            client.execute_command(command, there.region)
        cuts += command == "SKERRY.CUT"
    return cuts


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
        cuts = faults(cluster, random, arguments.seconds, arguments.kills)
        for writer in writers:
            writer.join()
        for writer in writers:
            if writer.wrong is not None:
                raise writer.wrong
        for node in cluster.nodes:
            for peer in cluster.nodes:
                if peer is not node:
                    with node.client() as client:
                        client.execute_command("SKERRY.HEAL", peer.region)
        took = cluster.wait_equal(60)
        time.sleep(SOON / 1000)  # until every deadline of space 1 has passed
        cluster.wait_equal(60, space=1)
        for space in (1, 0):
            dumps = cluster.dumps(space)
            assert all(dump == dumps[0] for dump in dumps), "digests are equal but dumps are not"
        wrong = []
        for node in cluster.nodes:
            with node.client() as client:
                wrong += [f"{node.region}: {line}" for line in wrong_at(client, writers)]
            with node.client(db=1) as client:
                wrong += [f"{node.region}: {line}" for line in wrong_in_space_1(client, writers)]
        operations = sum(writer.operations for writer in writers)
        print(f"{operations} commands acknowledged, {sum(writer.failures for writer in writers)} in doubt, "
              f"{sum(writer.reads for writer in writers)} reads on the way, {arguments.kills} kills, {cuts} cuts, "
              f"{len(dumps[0])} cells equal on 3 nodes {took:.2f} s after the heal, all accounted for")
        assert not wrong, f"{len(wrong)} wrong\n" + "\n".join(wrong[:20])
        assert operations > 100 * arguments.seconds / 10, "hardly anything was written"


if __name__ == "__main__":
    main()
