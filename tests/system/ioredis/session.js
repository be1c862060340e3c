// A first session with ioredis: what an application does in its first minute.  Prints `ok` or throws.
const Redis = require(process.argv[2]);
const assert = require("assert");

async function session(port, options) {
  const client = new Redis({ port, host: "127.0.0.1", maxRetriesPerRequest: 1, ...options });
  try {
    const name = `ioredis:${JSON.stringify(options)}`;
    assert.strictEqual(await client.set(name, "value", "EX", 100), "OK");
    assert.strictEqual(await client.get(name), "value");
    assert.ok((await client.ttl(name)) > 90);
    assert.strictEqual(await client.incrby(`${name}:n`, 41), 41);
    assert.strictEqual(await client.incr(`${name}:n`), 42);
    await client.hset(`${name}:h`, { a: "1", b: "2" });
    assert.deepStrictEqual(await client.hgetall(`${name}:h`), { a: "1", b: "2" });
    await client.sadd(`${name}:s`, "x", "y");
    assert.deepStrictEqual((await client.smembers(`${name}:s`)).sort(), ["x", "y"]);
    await client.zadd(`${name}:z`, 1, "one", 2, "two");
    assert.deepStrictEqual(await client.zrange(`${name}:z`, 0, -1), ["one", "two"]);
    const results = await client.multi().set(`${name}:m`, "1").incr(`${name}:m`).exec();
    assert.deepStrictEqual(results, [[null, "OK"], [null, 2]]);
    const piped = await client.pipeline().get(name).get("absent").exec();
    assert.deepStrictEqual(piped, [[null, "value"], [null, null]]);
    await assert.rejects(client.lpush("list", "x"), /LPUSH|lpush/i);
    let found = 0;
    const stream = client.scanStream({ match: `${name.replace(/[{}"[\]]/g, "?")}*`, count: 10 });
    for await (const keys of stream) found += keys.length;
    assert.ok(found >= 5, `SCAN found ${found}`);
    assert.strictEqual(await client.del(name, `${name}:n`), 2);
  } finally {
    client.disconnect();
  }
}

(async () => {
  const port = Number(process.argv[3]);
  await session(port, {});
  await session(port, { db: 3, connectionName: "shop" });
  await session(port, { protocol: 3 });
  console.log("ok");
})().catch((error) => { console.error(error); process.exit(1); });
