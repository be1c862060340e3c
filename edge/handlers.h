// What runs each command of edge/command_table.h; defined by family in edge/commands_*.cc.
#pragma once

namespace skerry::edge {

struct Call;

namespace handlers {

// connection
void ping(Call& call);
void echo(Call& call);
void hello(Call& call);
void quit(Call& call);
void reset(Call& call);
void select(Call& call);
void client_id(Call& call);
void client_getname(Call& call);
void client_setname(Call& call);
void client_setinfo(Call& call);
void client_list(Call& call);
void client_info(Call& call);
void help(Call& call);

// server
void command(Call& call);
void command_count(Call& call);
void command_docs(Call& call);
void command_info(Call& call);
void command_list(Call& call);
void command_getkeys(Call& call);
void config_get(Call& call);
void info(Call& call);
void dbsize(Call& call);
void flushdb(Call& call);
void time(Call& call);

// generic
void wait(Call& call);

// string
void get(Call& call);
void set(Call& call);
void setnx(Call& call);
void setex(Call& call);
void psetex(Call& call);
void getset(Call& call);
void getdel(Call& call);
void getex(Call& call);
void mget(Call& call);
void mset(Call& call);
void append(Call& call);
void strlen(Call& call);
void incr(Call& call);
void decr(Call& call);
void incrby(Call& call);
void decrby(Call& call);
void incrbyfloat(Call& call);

// generic
void del(Call& call);
void unlink(Call& call);
void exists(Call& call);
void type(Call& call);
void keys(Call& call);
void scan(Call& call);
void expire(Call& call);
void pexpire(Call& call);
void expireat(Call& call);
void pexpireat(Call& call);
void ttl(Call& call);
void pttl(Call& call);
void expiretime(Call& call);
void pexpiretime(Call& call);
void persist(Call& call);

// hash
void hset(Call& call);
void hmset(Call& call);
void hget(Call& call);
void hmget(Call& call);
void hgetall(Call& call);
void hdel(Call& call);
void hexists(Call& call);
void hlen(Call& call);
void hkeys(Call& call);
void hvals(Call& call);
void hincrby(Call& call);
void hincrbyfloat(Call& call);
void hstrlen(Call& call);
void hsetnx(Call& call);
void hscan(Call& call);

// set
void sadd(Call& call);
void srem(Call& call);
void smembers(Call& call);
void sismember(Call& call);
void smismember(Call& call);
void scard(Call& call);
void sscan(Call& call);

// sorted set
void zadd(Call& call);
void zrem(Call& call);
void zscore(Call& call);
void zmscore(Call& call);
void zincrby(Call& call);
void zcard(Call& call);
void zrange(Call& call);
void zrank(Call& call);
void zrevrank(Call& call);
void zcount(Call& call);
void zscan(Call& call);

// transactions
void multi(Call& call);
void exec(Call& call);
void discard(Call& call);
void watch(Call& call);
void unwatch(Call& call);

// skerry
void skerry_dump(Call& call);
void skerry_digest(Call& call);
void skerry_context(Call& call);
void skerry_explain(Call& call);
void skerry_peers(Call& call);
void skerry_cut(Call& call);
void skerry_heal(Call& call);

}  // namespace handlers
}  // namespace skerry::edge
