#!/usr/bin/python3
"""Issue figure f: data larger than the cache.  1 million keys of 100 bytes with a 64 MiB cache: resident memory stays
under 256 MiB at the node that is written to, at a peer that is sent them, and in a restart; and reads are right.

    memory_test.py SKERRY [--keys 1000000] [--resident-max-mib 256] [--alone]"""

import argparse
import time

from cluster import Cluster, seed_argument


def value_of(number):
    return (f"value {number} " * 20)[:100]


def mib(size):
    return f"{size / 2**20:.0f} MiB"


def write(client, keys):
    for start in range(0, keys, 2_000):
        with client.pipeline(transaction=False) as pipeline:
            for number in range(start, min(start + 2_000, keys)):
                pipeline.set(f"key:{number:09}", value_of(number))
            pipeline.execute()


def read(client, keys, random):
    for _ in range(200):
        numbers = [random.randrange(keys) for _ in range(500)]
        values = client.mget([f"key:{number:09}" for number in numbers])
        for number, value in zip(numbers, values):
            assert value == value_of(number), f"key {number} reads {value!r}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--resident-max-mib", type=int, default=256)
    parser.add_argument("--alone", action="store_true", help="without a peer")
    arguments = parser.parse_args()
    random = seed_argument()
    peaks = {}

    def note(what, node):
        peaks[f"{node.region} {what}"] = node.resident_peak_bytes()
        print(f"{node.region} {what}: resident at most {mib(node.resident_peak_bytes())}", flush=True)

    with Cluster(arguments.binary, 1 if arguments.alone else 2, ack="memory", extra=['cache = "64MiB"']) as cluster:
        cluster.wait_connected()
        began = time.monotonic()
        with cluster.nodes[0].client(socket_timeout=120) as client:
            write(client, arguments.keys)
        print(f"{arguments.keys} keys written in {time.monotonic() - began:.1f} s", flush=True)
        note("writing", cluster.nodes[0])
        deadline = time.monotonic() + 180
        for node in cluster.nodes:
            with node.client(decode_responses=True, socket_timeout=120) as client:
                while client.dbsize() != arguments.keys:
                    assert time.monotonic() < deadline, f"{node.region} has {client.dbsize()} keys"
                    time.sleep(0.1)
                read(client, arguments.keys, random)
            note("written and read", node)
        # What was read came from disk: a restart must show the same.
        node = cluster.nodes[0]
        node.kill()
        began = time.monotonic()
        node.start()
        print(f"restart after kill -9: {time.monotonic() - began:.1f} s")
        note("restarted", node)
        with node.client(decode_responses=True, socket_timeout=120) as client:
            assert client.dbsize() == arguments.keys, client.dbsize()
            read(client, arguments.keys, random)
            note("restarted and read", node)
            # Walks over everything: what they have passed must not stay.
            assert client.keys("*:000099999") == ["key:000099999"]
            note("asked for KEYS", node)
            client.execute_command("SKERRY.DIGEST")
        note("asked for SKERRY.DIGEST", node)
    above = {what: mib(peak) for what, peak in peaks.items() if peak >= arguments.resident_max_mib * 2**20}
    assert not above, f"resident memory above {arguments.resident_max_mib} MiB: {above}"


if __name__ == "__main__":
    main()
