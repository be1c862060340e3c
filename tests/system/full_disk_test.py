#!/usr/bin/python3
"""A disk that fills up: reads and deletions go on, other writes are refused and leave nothing behind, neither kill -9
nor SIGTERM changes that, peers lose nothing, and it ends by itself once there is space.

    full_disk_test.py SKERRY

Needs root, for a small disk in memory; it is mounted in a mount namespace of this process's own, and goes with it."""

import ctypes
import os
import subprocess
import sys
import time

import redis

from cluster import Cluster, binary_argument

SKIPPED = 77
DISK_MIB, FILLER_MIB = 96, 50
VALUE = b"v" * 20_000
RECOVERY_SECONDS = 10


def in_own_namespace():
    """Whether mounts of this process are seen by nobody else; it must be root."""
    CLONE_NEWNS = 0x00020000
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True).returncode == 0


class SmallDisk:
    """The data directory of a node, with a file in it that can go."""

    def __init__(self, node):
        self.data = os.path.join(node.directory, "data")
        self.filler = os.path.join(self.data, "filler")
        os.mkdir(self.data, 0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=700", "none", self.data], check=True)
        with open(self.filler, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, FILLER_MIB << 20)

    def free(self):
        os.remove(self.filler)

    def unmount(self):
        subprocess.run(["umount", "-l", self.data], check=True)


def refused(call, *words):
    try:
        call(*words)
    except redis.ResponseError as error:
        assert str(error).startswith("NOSPACE "), error
        return True
    return False


def fill(client):
    """SETs one by one until one is refused: how many were acknowledged."""
    count = 0
    while not refused(client.set, f"key:{count}", VALUE):
        count += 1
        assert count < 100_000, "the disk is never full"
    return count


def expect(client, count, deleted):
    """What was acknowledged is there and nothing else is."""
    for i in range(count):
        assert client.get(f"key:{i}") == (None if i in deleted else VALUE), f"key:{i}"
    assert client.get(f"key:{count}") is None, "what was refused is there"
    assert client.dbsize() == count - len(deleted), client.dbsize()


def wait_full(client, full):
    deadline = time.monotonic() + RECOVERY_SECONDS
    while client.info("persistence")["skerry_disk_full"] != full:
        assert time.monotonic() < deadline, f"skerry_disk_full is not {full}"
        time.sleep(0.02)


def fill_and_free(binary, ack):
    with Cluster(binary, 2, ack=ack, start=False) as cluster:
        node, peer = cluster.nodes
        disk = SmallDisk(node)
        try:
            for each in cluster.nodes:
                each.start()
            cluster.wait_connected()
            with node.client() as client:
                count = fill(client)
            cluster.wait_equal()
            with node.client() as client:
                for words in (["SET", f"key:{count}", "x"], ["INCR", f"key:{count}"], ["HSET", "h", "f", "x"],
                              ["EXPIRE", "key:0", 100], ["SADD", "s", "x"]):
                    assert refused(client.execute_command, *words), words
                deleted = set(range(0, count, 3))
                for i in sorted(deleted):
                    assert client.delete(f"key:{i}") == 1
                expect(client, count, deleted)
                assert client.info("persistence")["aof_last_write_status"] == "err"
            for end in (node.kill, node.stop):
                end()
                node.start()
                with node.client() as client:
                    wait_full(client, 1)
                    expect(client, count, deleted)
            cluster.wait_connected()
            with node.client() as client, peer.client() as other:
                assert refused(client.set, f"key:{count}", VALUE)
                # The peer learns of deletions, and keeps what it has for us.
                assert client.delete("key:1") == 1
                deleted.add(1)
                deadline = time.monotonic() + RECOVERY_SECONDS
                while other.exists("key:1"):
                    assert time.monotonic() < deadline, "a deletion does not reach the peer"
                    time.sleep(0.02)
                other.set("of-the-peer", "x")
                disk.free()
                began = time.monotonic()
                while refused(client.set, f"key:{count}", VALUE):
                    assert time.monotonic() - began < RECOVERY_SECONDS, "still refused"
                    time.sleep(0.02)
                took = time.monotonic() - began
                assert client.info("persistence")["skerry_disk_full"] == 0
                assert client.incr("counter") == 1
            cluster.wait_equal()
            node.kill()
            node.start()
            with node.client() as client:
                assert client.get("of-the-peer") == b"x" and client.get("counter") == b"1"
                assert client.get(f"key:{count}") == VALUE and client.dbsize() == count - len(deleted) + 3
            said = node.log_text()
            assert said.count("the disk is full") == 3 and said.count("there is space on the disk again") == 1, said
            print(f"ack {ack}: full after {count} writes, {len(deleted)} deletions, writes again after {took:.1f} s")
        finally:
            for each in cluster.nodes:
                each.stop()
            disk.unmount()


def main():
    binary = binary_argument()
    if not in_own_namespace():
        print("mounting needs root")
        sys.exit(SKIPPED)
    for ack in ("durable", "memory"):
        fill_and_free(binary, ack)


if __name__ == "__main__":
    main()
