#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class InfoCommand : public CommandsTest {
 protected:
  bool shows(const std::string& request, const std::string& line) {
    return run(request).find("\r\n" + line + "\r\n") != std::string::npos;
  }
};

TEST_F(InfoCommand, SaysWhatClientsLookFor) {
  for (const char* line :
       {"redis_version:7.0.15", "redis_mode:standalone", "server_name:skerry", "loading:0", "role:master",
        "skerry_region:here", "tcp_port:6379", "# Keyspace", "cluster_enabled:0", "maxclients:10"}) {
    EXPECT_TRUE(shows("INFO", line)) << line;
  }
}

TEST_F(InfoCommand, ShowsTheSectionsThatAreNamed) {
  EXPECT_TRUE(shows("INFO REPLICATION", "role:master"));
  EXPECT_TRUE(shows("INFO replication", "skerry_writes_ahead:0"));
  EXPECT_FALSE(shows("INFO replication", "loading:0"));
  EXPECT_TRUE(shows("INFO replication persistence", "loading:0"));
  EXPECT_EQ(run("INFO nosuch"), bulk(""));
  EXPECT_FALSE(shows("INFO", "# Commandstats"));
  EXPECT_TRUE(shows("INFO all", "# Commandstats"));
}

TEST_F(InfoCommand, ShowsWhatTheDiskWasAskedToDo) {
  EXPECT_EQ(run("INFO persistence").find("skerry_log_commits"), std::string::npos) << "nobody counts here";
  ServerFacts counting = facts();
  counting.store_figures = [] {
    return StoreFigures{
        .log_commits = 7, .flushes = 2, .flushing = std::chrono::milliseconds(1'500), .disk_full = true};
  };
  Commands commands(*replica_, sessions_, no_peers(), counting);
  const std::string shown = Client(commands, now_)("INFO persistence");
  EXPECT_NE(
      shown.find("skerry_disk_full:1\r\nskerry_log_commits:7\r\nskerry_flushes:2\r\nskerry_flush_seconds:1.500000\r\n"),
      std::string::npos)
      << shown;
  EXPECT_TRUE(shows("INFO persistence", "aof_last_write_status:ok"));
  store_.set_room(sync::Room::scarce);
  EXPECT_TRUE(shows("INFO persistence", "aof_last_write_status:err"));
}

TEST_F(InfoCommand, CountsKeysAndCalls) {
  run("MSET a 1 b 2");
  run("GET a");
  run("GET a b");
  run("SADD a x");
  EXPECT_TRUE(shows("INFO keyspace", "db0:keys=2,expires=0,avg_ttl=0"));
  EXPECT_TRUE(
      shows("INFO commandstats", "cmdstat_get:calls=1,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0"));
  EXPECT_TRUE(
      shows("INFO commandstats", "cmdstat_sadd:calls=1,usec=0,usec_per_call=0.00,rejected_calls=0,failed_calls=1"));
}

}  // namespace
}  // namespace skerry::edge
