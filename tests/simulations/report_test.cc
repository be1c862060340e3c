#include "simulations/report.h"

#include <gtest/gtest.h>

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

Report broken() {
  Report report;
  report.seed = 42;
  report.profile = "full";
  report.hosts = 3;
  report.simulated = 1h;
  report.violated_at = 1500ms;
  report.violation = Violation{"I3", "host 1: a \"cell\"", {"one\n", "two"}};
  report.faults[0] = 2;
  return report;
}

TEST(Report, ExplainsAViolationToAPerson) {
  const std::string text = to_text(broken());
  EXPECT_NE(text.find("VIOLATED I3 at 1.500 s: host 1: a \"cell\"\n    one\n"), std::string::npos) << text;
  EXPECT_NE(text.find("faults    cut 2\n"), std::string::npos) << text;
}

TEST(Report, SaysWhatHolds) {
  Report report = broken();
  report.violation.reset();
  report.same_in = 250ms;
  report.converged_in = 4s;
  EXPECT_NE(to_text(report).find("holds; converged 0.250 s after healing, nothing waits after 4.000 s"),
            std::string::npos);
}

TEST(Report, IsOneObjectAndOneLine) {
  const std::string json = to_json(broken());
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_EQ(json.rfind(R"({"seed":42,"profile":"full","holds":false,"invariant":"I3","what":"host 1: a \"cell\"",)", 0),
            0u)
      << json;
  EXPECT_NE(json.find(R"("details":["one\u000a","two"])"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("faults":{"cut":2,"slow path":0)"), std::string::npos) << json;
}

TEST(Summary, AddsUp) {
  Summary summary;
  summary.add(broken());
  Report report = broken();
  report.violation.reset();
  report.converged_in = 2s;
  summary.add(report);
  EXPECT_EQ(to_text(summary),
            "2 seeds, 1 violated; 6.000 node-hours simulated; slowest convergence 2.000 s after healing\n"
            "  faults: cut 4\n");
  EXPECT_EQ(to_json(summary).rfind(R"({"seeds":2,"violations":1,"node_hours":6.000,)", 0), 0u);
}

}  // namespace
}  // namespace skerry::simulations
