#!/usr/bin/python3
"""Issue figure a: real clients against a node, RESP2 and RESP3: redis-cli, python3-redis, ioredis.

    clients_test.py SKERRY

ioredis comes from the npm registry, in the versions and with the checksums of tests/system/ioredis/package-lock.json,
into the folder of the binary.  With SKERRY_OFFLINE=1 it is not fetched; if it is not there by then, the test is skipped
(exit code 77) once the others have passed."""

import filecmp
import os
import shutil
import subprocess
import sys

import redis

from cluster import Cluster, binary_argument

IOREDIS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ioredis")
SKIPPED = 77


def redis_cli(node, *words, protocol="-2", stdin=None):
    command = ["redis-cli", protocol, "-p", str(node.resp_port), *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=20, check=True).stdout.rstrip("\n")


def check_redis_cli(node):
    for protocol in ("-2", "-3"):
        def cli(*words, **options):
            return redis_cli(node, *words, protocol=protocol, **options)
        cli("FLUSHDB")
        assert cli("PING") == "PONG"
        assert cli("SET", "k", "v") == "OK"
        assert cli("GET", "k") == "v"
        assert cli("INCRBY", "n", "7") == "7"
        assert cli("HSET", "h", "a", "1", "b", "2") == "2"
        # -3 prints maps as they are; both must hold the same words.
        assert set("a 1 b 2".split()) <= set(cli("HGETALL", "h").replace("=>", " ").split()), cli("HGETALL", "h")
        assert cli("LPUSH", "l", "x").find("not offered") >= 0, cli("LPUSH", "l", "x")
        assert cli("NOSUCH", "x").startswith("ERR unknown command 'NOSUCH', with args beginning with: 'x'")
        assert cli("SADD", "k", "x").startswith("WRONGTYPE")
        assert cli(stdin="MULTI\nSET a 1\nINCR a\nEXEC\n").split("\n") == ["OK", "QUEUED", "QUEUED", "OK", "2"]
        assert sorted(cli("--scan").split()) == ["a", "h", "k", "n"]
    print("redis-cli: RESP2 and RESP3")


def check_python(node):
    client = node.client(decode_responses=True, health_check_interval=1, client_name="shop", db=2)
    client.flushdb()
    assert client.set("k", "v", ex=100, nx=True) and client.set("k", "w", nx=True) is None
    assert 90 < client.ttl("k") <= 100
    with client.pipeline() as pipeline:
        while True:
            try:
                pipeline.watch("stock")
                stock = int(pipeline.get("stock") or 10)
                pipeline.multi()
                pipeline.set("stock", stock - 1)
                assert pipeline.execute() == [True]
                break
            except redis.WatchError:
                continue
    client.zadd("board", {"ann": 3, "bob": 1.5})
    assert client.zrange("board", 0, -1, withscores=True) == [("bob", 1.5), ("ann", 3.0)]
    assert client.hincrby("cart", "apples", 2) == 2 and client.hgetall("cart") == {"apples": "2"}
    assert set(client.scan_iter()) == {"k", "stock", "board", "cart"}
    try:
        client.incr("cart")
        raise AssertionError("INCR of a hash was accepted")
    except redis.ResponseError as error:
        assert "WRONGTYPE" in str(error)
    assert client.info()["redis_version"].startswith("7.")
    print("python3-redis:", redis.__version__)


def fetched_ioredis(binary):
    """The folder that holds it, or None.  Beside the binary, where nobody else can put code for us to run."""
    folder = os.path.join(os.path.dirname(os.path.abspath(binary)), "ioredis")
    done = os.path.join(folder, "fetched-package-lock.json")
    lock = os.path.join(IOREDIS, "package-lock.json")
    module = os.path.join(folder, "node_modules", "ioredis")
    if os.path.exists(done) and filecmp.cmp(done, lock, shallow=False):
        return module
    if os.environ.get("SKERRY_OFFLINE") == "1":
        return None
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, mode=0o700)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(IOREDIS, name), folder)
    fetch = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", os.path.join(folder, "cache")],
                           cwd=folder, capture_output=True, text=True, timeout=180)
    assert fetch.returncode == 0, f"npm could not fetch ioredis (without a network: SKERRY_OFFLINE=1):\n{fetch.stderr[-2000:]}"
    shutil.copy(lock, done)
    return module


def check_ioredis(node, module):
    run = subprocess.run(["node", os.path.join(IOREDIS, "session.js"), module, str(node.resp_port)],
                         capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and run.stdout.strip() == "ok", run.stdout + run.stderr
    print("ioredis: RESP2 and RESP3, from", module)


def main():
    binary = binary_argument()
    with Cluster(binary, 1) as cluster:
        check_redis_cli(cluster.nodes[0])
        check_python(cluster.nodes[0])
        module = fetched_ioredis(binary)
        if module is not None:
            check_ioredis(cluster.nodes[0], module)
    if module is None:
        print("ioredis: SKIPPED, SKERRY_OFFLINE=1 and it was never fetched")
        sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
