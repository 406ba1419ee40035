// What is counted is written as Prometheus reads it, whatever the labels hold.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/metrics.hpp"

#include <gmock/gmock.h>

#include "common/runtime/process_usage.hpp"
#include "tests/common/runtime/exposition.hpp"

namespace vivi {
namespace {

using test::Exposition;

TEST(Metrics, CountersAndGaugesAreReadBack) {
    Metrics metrics;
    metrics.declare("a_total", Metrics::Kind::Counter, "All of a.");
    metrics.declare("b", Metrics::Kind::Gauge, "Now of b.");
    metrics.add("a_total", {{"x", "1"}, {"y", "2"}});
    metrics.add("a_total", {{"x", "1"}, {"y", "2"}}, 2.5);
    metrics.set("b", {}, 7);
    metrics.set("b", {}, -1e30);
    const Exposition read{metrics.render()};
    EXPECT_EQ(read.value("a_total", {{"x", "1"}, {"y", "2"}}), 3.5);
    EXPECT_EQ(read.value("b"), -1e30);
    EXPECT_EQ(read.type("a_total"), "counter");
}

TEST(Metrics, AHistogramIsCumulative) {
    Metrics metrics;
    metrics.declare("d_seconds", Metrics::Kind::Histogram, "How long.", {0.1, 1, 10});
    for (const double value : {0.05, 0.1, 0.5, 5.0, 50.0}) metrics.observe("d_seconds", {{"path", "/"}}, value);
    const Exposition read{metrics.render()};
    const auto bucket = [&](const std::string& bound) { return read.value("d_seconds_bucket", {{"path", "/"}, {"le", bound}}); };
    EXPECT_EQ(bucket("0.1"), 2) << "a value at the bound is within it";
    EXPECT_EQ(bucket("1"), 3);
    EXPECT_EQ(bucket("10"), 4);
    EXPECT_EQ(bucket("+Inf"), 5);
    EXPECT_DOUBLE_EQ(read.value("d_seconds_sum", {{"path", "/"}}), 55.65);
}

TEST(Metrics, LabelsMayHoldAnything) {
    Metrics metrics;
    metrics.declare("a_total", Metrics::Kind::Counter, "All of a.");
    metrics.add("a_total", {{"x", "quote \" backslash \\ line\nend {},="}});
    const Exposition read{metrics.render()};
    EXPECT_EQ(read.value("a_total", {{"x", R"(quote \" backslash \\ line\nend {},=)"}}), 1);
}

TEST(Metrics, SeriesAreBounded) {
    Metrics metrics;
    metrics.declare("a_total", Metrics::Kind::Counter, "All of a.");
    for (std::size_t i = 0; i < Metrics::most_series + 50; ++i) metrics.add("a_total", {{"x", std::to_string(i)}});
    const Exposition read{metrics.render()};
    EXPECT_EQ(read.value("a_total", {{"x", "other"}}), 50);
    EXPECT_EQ(read.sum("a_total"), static_cast<double>(Metrics::most_series + 50));
}

TEST(Exposition, TheReaderIsStrict) {
    for (const auto* const wrong :
         {"", "a 1", "a 1 x\n", "a{x=1} 1\n", "a{x=\"1\"y=\"2\"} 1\n", "a{x=\"\\t\"} 1\n", "# TYPE a counter\na 0x1\n",
          "# TYPE a counter\n# TYPE a counter\na 1\n", "# TYPE a counter\na 1\na 2\n", "# TYPE a nothing\n", "a b\n",
          "# TYPE a counter\n# TYPE b counter\na 1\n",
          "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
          "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n"})
        EXPECT_THROW(Exposition{wrong}, std::runtime_error) << wrong;
}

TEST(ProcessUsage, IsThatOfARunningProcess) {
    const auto usage = process_usage();
    EXPECT_GT(usage.resident_bytes, 1U << 20);
    EXPECT_GE(usage.open_files, 3U);
    EXPECT_GT(usage.most_files, usage.open_files);
    EXPECT_GT(usage.started_at, 1.6e9);
    EXPECT_GE(process_usage().cpu_seconds, usage.cpu_seconds);
}

}  // namespace
}  // namespace vivi
