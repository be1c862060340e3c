#!/usr/bin/python3
"""Issue figure f: data larger than the cache.  1 million keys of 100 bytes with a 64 MiB cache: resident memory stays
under 256 MiB, and reads are right.

    memory_test.py SKERRY [--keys 1000000] [--resident-max-mib 256]"""

import argparse
import time

from cluster import Cluster, seed_argument


def value_of(number):
    return (f"value {number} " * 20)[:100]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--resident-max-mib", type=int, default=256)
    arguments = parser.parse_args()
    random = seed_argument()
    with Cluster(arguments.binary, 1, ack="memory", extra=['cache = "64MiB"']) as cluster:
        node = cluster.nodes[0]
        client = node.client(decode_responses=True, socket_timeout=120)
        peak, began = 0, time.monotonic()
        for start in range(0, arguments.keys, 2_000):
            with client.pipeline(transaction=False) as pipeline:
                for number in range(start, min(start + 2_000, arguments.keys)):
                    pipeline.set(f"key:{number:09}", value_of(number))
                pipeline.execute()
            peak = max(peak, node.resident_bytes())
        wrote = time.monotonic() - began
        assert client.dbsize() == arguments.keys, client.dbsize()
        began, reads = time.monotonic(), 0
        for _ in range(200):
            numbers = [random.randrange(arguments.keys) for _ in range(500)]
            values = client.mget([f"key:{number:09}" for number in numbers])
            for number, value in zip(numbers, values):
                assert value == value_of(number), f"key {number} reads {value!r}"
            reads += len(numbers)
            peak = max(peak, node.resident_bytes())
        read = time.monotonic() - began
        print(f"{arguments.keys} keys written in {wrote:.1f} s; {reads} random reads right, {reads / read:.0f} a second; "
              f"resident at most {peak / 2**20:.0f} MiB with a 64 MiB cache")
        # What was read came from disk: a restart must show the same.
        node.kill()
        began = time.monotonic()
        node.start()
        print(f"restart after kill -9: {time.monotonic() - began:.1f} s, resident {node.resident_bytes() / 2**20:.0f} MiB")
        client = node.client(decode_responses=True)
        assert client.dbsize() == arguments.keys, client.dbsize()
        peak = max(peak, node.resident_bytes())
        assert peak < arguments.resident_max_mib * 2**20, f"resident {peak / 2**20:.0f} MiB"


if __name__ == "__main__":
    main()
