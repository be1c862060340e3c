#!/usr/bin/python3
"""Issue figure a: real clients against a node, RESP2 and RESP3: redis-cli, python3-redis, ioredis.

    clients_test.py SKERRY

ioredis comes from the npm registry; where there is no npm, that part is skipped and says so."""

import os
import shutil
import subprocess
import tempfile

import redis

from cluster import Cluster, binary_argument

IOREDIS_VERSION = "6.0.0"


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


def check_ioredis(node):
    if not shutil.which("npm"):
        print("ioredis: skipped, there is no npm here")
        return
    folder = os.path.join(tempfile.gettempdir(), f"skerry-ioredis-{IOREDIS_VERSION}")
    module = os.path.join(folder, "node_modules", "ioredis")
    if not os.path.isdir(module):
        os.makedirs(folder, exist_ok=True)
        install = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", folder,
                                  f"ioredis@{IOREDIS_VERSION}"], capture_output=True, text=True, timeout=120)
        if install.returncode != 0:
            print("ioredis: skipped, npm could not fetch it:", install.stderr.strip().splitlines()[-1:])
            return
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ioredis_session.js")
    run = subprocess.run(["node", script, module, str(node.resp_port)], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and run.stdout.strip() == "ok", run.stdout + run.stderr
    print("ioredis:", IOREDIS_VERSION)


def main():
    with Cluster(binary_argument(), 1) as cluster:
        check_redis_cli(cluster.nodes[0])
        check_python(cluster.nodes[0])
        check_ioredis(cluster.nodes[0])


if __name__ == "__main__":
    main()
