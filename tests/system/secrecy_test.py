#!/usr/bin/python3
"""Issue figure d, first half: a capture of all bytes between two nodes holds none of 1,000 canary keys and values.
(What strangers get from the peer port is tests/edge/peer_link_test.cc and, on a real process, the second half here.)

    secrecy_test.py SKERRY"""

import os
import secrets
import socket
import threading
import time

from cluster import Cluster, binary_argument, free_port


class Tap:
    """A TCP proxy that keeps what passes."""

    def __init__(self, target_port):
        self.target_port, self.captured = target_port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port))
            except OSError:
                client.close()
                continue
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        try:
            while data := source.recv(65536):
                self.captured.append(data)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def strangers(port, log_text):
    """What random bytes and silence get: nothing, and the door closed within 5 s."""
    for opening in (os.urandom(64), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00\x30" + os.urandom(48), b""):
        before = len(log_text().splitlines())
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", port)) as stranger:
            stranger.settimeout(8)
            try:
                if opening:
                    stranger.sendall(opening)
                answer = stranger.recv(4096)
            except ConnectionResetError:
                answer = b""
        took = time.monotonic() - began
        assert answer == b"", f"a stranger got {answer!r} for {opening[:8]!r}"
        assert took < 6, f"a stranger was kept for {took:.1f} s"
        time.sleep(0.3)
        # The node also goes on dialling the peer that was stopped: those lines are not about strangers.
        lines = [line for line in log_text().splitlines()[before:] if "peer us-east" not in line]
        assert len(lines) == 1, f"expected one log line for {opening[:8]!r}, got {lines}"
        print(f"stranger {opening[:6]!r}: no answer, closed after {took:.2f} s, one log line")


def main():
    with Cluster(binary_argument(), 2, start=False) as cluster:
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
        cluster.wait_equal(30)
        with there.client() as client:
            assert client.dbsize() == 1000
        captured = b"".join(part for tap in taps for part in tap.captured)
        assert len(captured) > 1000 * 64, f"only {len(captured)} bytes passed: the tap saw no replication"
        found = [canary for canary in canaries if canary.encode() in captured]
        assert not found, f"{len(found)} of 1000 canaries in clear"
        print(f"{len(captured)} bytes captured, 0 of 1000 canaries in them")
        logs = here.log_text() + there.log_text()
        assert not any(canary in logs for canary in canaries), "a key or value is in a log"
        here.stop()
        strangers(there.peer_port, there.log_text)


if __name__ == "__main__":
    main()
