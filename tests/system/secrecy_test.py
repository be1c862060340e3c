#!/usr/bin/python3
"""Issue figure d, on real processes.  A capture of all bytes between two nodes holds none of 1,000 canary keys and
values, and neither do their logs at level debug.  Who comes to the peer port without the cluster's secret gets no byte
at all; who has the secret but no accepted key gets handshake message 2 and no byte more.  Each is closed within 5 s and
leaves exactly one line in the log.

    secrecy_test.py SKERRY"""

import os
import secrets
import socket
import threading
import time

import redis

from cluster import Cluster, Node, binary_argument

CLOSED_WITHIN = 5.0
# size u16, then Noise XX message 2: ephemeral key 32, sealed static key 32 + 16, sealed payload 5 + 16.
MESSAGE_2_BYTES = 2 + 32 + 48 + 21


class Passage:
    """One connection that went through a tap: what each side said, and when it ended."""

    def __init__(self):
        self.began, self.ended = time.monotonic(), None
        self.asked, self.answered = bytearray(), bytearray()


class Tap:
    """A TCP proxy that keeps what passes.  `passages_max`: further connections are refused."""

    def __init__(self, target_port, passages_max=1 << 30):
        self.target_port, self.passages_max, self.passages = target_port, passages_max, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while len(self.passages) < self.passages_max:
            client, _ = self.listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port))
            except OSError:
                client.close()
                continue
            passage = Passage()
            self.passages.append(passage)
            for source, sink, kept in ((client, server, passage.asked), (server, client, passage.answered)):
                threading.Thread(target=self.pump, args=(source, sink, kept, passage), daemon=True).start()
        self.listener.close()

    def pump(self, source, sink, kept, passage):
        try:
            while data := source.recv(65536):
                kept += data
                sink.sendall(data)
        except OSError:
            pass
        # The node closes a stranger; what comes first is the moment.
        passage.ended = passage.ended or time.monotonic()
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def captured(self):
        return b"".join(bytes(passage.asked) + bytes(passage.answered) for passage in self.passages)


class Door:
    """What one connection to a node's peer port left in its log: exactly one line."""

    def __init__(self, node):
        self.node, self.before = node, len(node.log_text().splitlines())

    def line(self, what):
        deadline = time.monotonic() + 5
        while not self.lines() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)  # for a second one, which must not come
        assert len(self.lines()) == 1, f"{what}: expected one log line, got {self.lines()}"
        return self.lines()[0]

    def lines(self):
        return self.node.log_text().splitlines()[self.before:]


def strangers(node):
    """What knows nothing: random bytes, another protocol, half a handshake, silence."""
    preamble = b"SKRY\x00\x01\x00\x01" + os.urandom(16) + b"\x01"
    for opening in (os.urandom(64), os.urandom(4096), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", preamble,
                    preamble + b"\x00\x30" + os.urandom(48), preamble[:10], b""):
        door, began = Door(node), time.monotonic()
        with socket.create_connection(("127.0.0.1", node.peer_port)) as stranger:
            stranger.settimeout(20)
            try:
                stranger.sendall(opening)
                answer = stranger.recv(4096)
            except ConnectionResetError:
                answer = b""
        took = time.monotonic() - began
        assert answer == b"", f"a stranger got {answer!r} for {opening[:8]!r}"
        assert took < CLOSED_WITHIN, f"a stranger was kept for {took:.2f} s"
        door.line(f"stranger {opening[:8]!r}")
        print(f"stranger {opening[:6]!r}, {len(opening)} bytes: no answer, closed after {took:.2f} s, one log line")


def impostors(cluster, node):
    """Real nodes that dial `node` as its peer: one with another secret, one with the secret and a key of its own."""
    secret_of_others = os.path.join(cluster.directory, "other.secret")
    cluster.keygen("--cluster-secret", secret_of_others)
    for what, secret_file, answer_bytes, reason in (
            ("wrong PSK", secret_of_others, 0, "names another cluster secret"),
            ("wrong static key", cluster.secret_file, MESSAGE_2_BYTES, "which is not accepted")):
        tap = Tap(node.peer_port, passages_max=1)
        impostor = Node(cluster, what.replace(" ", "-"))
        impostor.secret_file = secret_file
        impostor.peers = [node]
        impostor.peer_addresses[node.region] = f"127.0.0.1:{tap.port}"
        door = Door(node)
        impostor.start()
        line = door.line(what)
        passage = tap.passages[0]
        assert reason in line, line
        assert passage.ended is not None, f"{what}: not closed"
        took = passage.ended - passage.began
        assert took < CLOSED_WITHIN, f"{what}: kept for {took:.2f} s"
        assert passage.asked.startswith(b"SKRY"), "the impostor said nothing"
        assert len(passage.answered) == answer_bytes, f"{what}: {len(passage.answered)} bytes of answer"
        with impostor.client() as client:
            assert client.dbsize() == 0, f"{what}: something was replicated"
        impostor.stop()
        print(f"{what}: asked {len(passage.asked)} bytes, got {len(passage.answered)}, closed after {took:.2f} s: {line}")
    forged_preamble(cluster, node)


def forged_preamble(cluster, node):
    """The key id stands in clear, so whoever has listened once can name it: without the secret that is worth nothing."""
    tap = Tap(node.peer_port, passages_max=1)
    insider = Node(cluster, "insider")
    insider.peers = [node]
    insider.peer_addresses[node.region] = f"127.0.0.1:{tap.port}"
    insider.start()
    while not tap.passages or tap.passages[0].ended is None:
        time.sleep(0.02)
    insider.stop()
    recorded = bytes(tap.passages[0].asked)
    for what, opening in (("its preamble and random bytes", recorded[:25] + b"\x00\x30" + os.urandom(48)),
                          ("its preamble and message 1 again", recorded[:75])):
        door, began = Door(node), time.monotonic()
        with socket.create_connection(("127.0.0.1", node.peer_port)) as stranger:
            stranger.settimeout(20)
            stranger.sendall(opening)
            try:
                answer = stranger.recv(4096)
            except ConnectionResetError:
                answer = b""
        took = time.monotonic() - began
        assert answer == b"" and took < CLOSED_WITHIN, f"{what}: {len(answer)} bytes after {took:.2f} s"
        print(f"{what}: no answer, closed after {took:.2f} s: {door.line(what)}")


def main():
    with Cluster(binary_argument(), 2, start=False, log_level="debug") as cluster:
        here, there = cluster.nodes
        taps = Tap(there.peer_port), Tap(here.peer_port)
        here.peer_addresses[there.region] = f"127.0.0.1:{taps[0].port}"
        there.peer_addresses[here.region] = f"127.0.0.1:{taps[1].port}"
        here.start()
        there.start()
        cluster.wait_connected()
        canaries = [secrets.token_hex(16) for _ in range(1000)]
        with here.client() as client:
            for number, canary in enumerate(canaries):
                if number % 2:
                    client.set(f"k{canary}", f"v{canary}")
                else:
                    client.hset(f"k{canary}", f"f{canary}", f"v{canary}")
            client.client_setname(canaries[0])
            for mistake in (("INCR", f"k{canaries[1]}"), ("NOSUCH", canaries[2]), ("SADD", f"k{canaries[3]}", canaries[4])):
                try:
                    client.execute_command(*mistake)
                    raise AssertionError(f"{mistake[0]} was accepted")
                except redis.ResponseError:
                    pass
        cluster.wait_equal(30)
        with there.client() as client:
            assert client.dbsize() == 1000
        captured = b"".join(tap.captured() for tap in taps)
        assert len(captured) > 1000 * 64, f"only {len(captured)} bytes passed: the tap saw no replication"
        found = [canary for canary in canaries if canary.encode() in captured]
        assert not found, f"{len(found)} of 1000 canaries in clear"
        print(f"{len(captured)} bytes captured, 0 of 1000 canaries in them")
        here.stop()
        # A peer that stays away is worth one line; what follows is at level debug, which shows that the level holds.
        deadline = time.monotonic() + 30
        while " debug " not in there.log_text():
            assert time.monotonic() < deadline, "the logs are not at level debug"
            time.sleep(0.05)
        # It is dialled no more, so that each line in the log is about who comes.
        there.stop()
        there.peers_dialled = False
        there.start()
        strangers(there)
        impostors(cluster, there)
        logs = here.log_text() + there.log_text()
        found = [canary for canary in canaries if canary in logs]
        assert not found, f"{len(found)} keys or values are in the logs"
        print(f"{len(logs)} bytes of logs at level debug, 0 of 1000 canaries in them")


if __name__ == "__main__":
    main()
