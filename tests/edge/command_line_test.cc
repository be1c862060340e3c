#include "edge/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace skerry::edge {
namespace {

using testing::HasSubstr;

Invocation parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "skerry");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

Usage usage(std::vector<const char*> words) {
  const Invocation command = parsed(std::move(words));
  const auto* found = std::get_if<Usage>(&command);
  if (found == nullptr) {
    ADD_FAILURE() << "was accepted";
    return {};
  }
  return *found;
}

TEST(CommandLine, ServeNeedsNothing) {
  const auto serve = std::get<ServeCommand>(parsed({"serve"}));
  EXPECT_EQ(serve.config, std::nullopt);
  EXPECT_EQ(serve.data, std::nullopt);
  EXPECT_EQ(serve.resp, std::nullopt);
  EXPECT_EQ(serve.peer_listen, std::nullopt);
  EXPECT_EQ(serve.region, std::nullopt);
  EXPECT_EQ(serve.ack, std::nullopt);
  EXPECT_EQ(serve.log_level, std::nullopt);
  EXPECT_EQ(serve.log_format, std::nullopt);
  EXPECT_EQ(serve.end_with, std::nullopt);
}

TEST(CommandLine, ServeTakesEveryOption) {
  const auto serve = std::get<ServeCommand>(parsed(
      {"serve", "--config", "node.toml", "--data", "d", "--resp", "[::1]:1", "--peer-listen", "0.0.0.0:2", "--region",
       "us-east", "--ack", "memory", "--log-level", "warn", "--log-format=json", "--end-with", "42"}));
  EXPECT_EQ(serve.config, "node.toml");
  EXPECT_EQ(serve.data, "d");
  EXPECT_EQ(serve.resp, "[::1]:1");
  EXPECT_EQ(serve.peer_listen, "0.0.0.0:2");
  EXPECT_EQ(serve.region, "us-east");
  EXPECT_EQ(serve.ack, Ack::memory);
  EXPECT_EQ(serve.log_level, spdlog::level::warn);
  EXPECT_EQ(serve.log_format, LogFormat::json);
  EXPECT_EQ(serve.end_with, 42);
}

TEST(CommandLine, KeygenMakesOneOfTwoThings) {
  const auto key = std::get<KeygenCommand>(parsed({"keygen", "node.key"}));
  EXPECT_EQ(key.file, "node.key");
  EXPECT_FALSE(key.cluster_secret);
  const auto secret = std::get<KeygenCommand>(parsed({"keygen", "--cluster-secret", "cluster.secret"}));
  EXPECT_EQ(secret.file, "cluster.secret");
  EXPECT_TRUE(secret.cluster_secret);
  EXPECT_EQ(usage({"keygen"}).exit_code, exit_usage);
  EXPECT_EQ(usage({"keygen", "--cluster-secret"}).exit_code, exit_usage);
  EXPECT_EQ(usage({"keygen", "a", "b"}).exit_code, exit_usage);
}

TEST(CommandLine, Demo) {
  const auto plain = std::get<DemoCommand>(parsed({"demo"}));
  EXPECT_EQ(plain.resp_base, 7001);
  EXPECT_FALSE(plain.once || plain.quiet || plain.keep);
  const auto machine = std::get<DemoCommand>(parsed({"demo", "--once", "--keep", "--resp-base", "20000"}));
  EXPECT_EQ(machine.resp_base, 20000);
  EXPECT_TRUE(machine.once && machine.keep);
  EXPECT_TRUE(std::get<DemoCommand>(parsed({"demo", "--quiet"})).quiet);
  EXPECT_EQ(usage({"demo", "--quiet", "--once"}).exit_code, exit_usage);
  EXPECT_EQ(usage({"demo", "--resp-base", "65534"}).exit_code, exit_usage);
}

TEST(CommandLine, WhatIsBehindSimulateIsTheSimulatorsOwn) {
  EXPECT_TRUE(std::get<SimulateCommand>(parsed({"simulate"})).words.empty());
  EXPECT_EQ(std::get<SimulateCommand>(parsed({"simulate", "cart.toml", "--seed", "7", "--help", "serve"})).words,
            (std::vector<std::string>{"cart.toml", "--seed", "7", "--help", "serve"}));
  EXPECT_NE(usage({"--help"}).text.find("simulate"), std::string::npos);
}

TEST(CommandLine, VersionAndHelpAreNoMistakes) {
  EXPECT_TRUE(std::holds_alternative<VersionCommand>(parsed({"version"})));
  EXPECT_EQ(usage({"--version"}).exit_code, exit_ok);
  EXPECT_THAT(usage({"--version"}).text, HasSubstr(SKERRY_VERSION));
  EXPECT_EQ(usage({"--help"}).exit_code, exit_ok);
  EXPECT_EQ(usage({"serve", "--help"}).exit_code, exit_ok);
}

TEST(CommandLine, HelpDocumentsEveryOption) {
  const std::string top = usage({"--help"}).text;
  for (const char* word : {"serve", "keygen", "demo", "version"}) EXPECT_THAT(top, HasSubstr(word));
  const std::string serve = usage({"serve", "--help"}).text;
  for (const char* option :
       {"--config FILE", "--data DIR", "--resp HOST:PORT", "--peer-listen HOST:PORT", "--region NAME",
        "--ack durable|memory", "--log-level debug|info|warn|error", "--log-format text|json", "--end-with PID"}) {
    EXPECT_THAT(serve, HasSubstr(option));
  }
  EXPECT_THAT(usage({"keygen", "--help"}).text, HasSubstr("--cluster-secret"));
  const std::string demo = usage({"demo", "--help"}).text;
  for (const char* option : {"--resp-base PORT", "--once", "--quiet", "--keep"}) EXPECT_THAT(demo, HasSubstr(option));
}

TEST(CommandLine, MistakesAreNamed) {
  EXPECT_EQ(usage({}).exit_code, exit_usage);
  const Usage unknown = usage({"serve", "--dta", "x"});
  EXPECT_EQ(unknown.exit_code, exit_usage);
  EXPECT_THAT(unknown.text, HasSubstr("--dta"));
  const Usage level = usage({"serve", "--ack", "eventually"});
  EXPECT_EQ(level.exit_code, exit_usage);
  EXPECT_THAT(level.text, HasSubstr("eventually"));
  EXPECT_THAT(level.text, HasSubstr("durable"));
  EXPECT_EQ(usage({"dance"}).exit_code, exit_usage);
  EXPECT_EQ(usage({"dance"}).text, "'dance' is not one of serve|keygen|demo|simulate|version.\n");
  EXPECT_EQ(usage({"serve", "--data"}).exit_code, exit_usage);
}

}  // namespace
}  // namespace skerry::edge
