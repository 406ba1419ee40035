// Texts of /proc become values; values become the document of the API.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/system.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace vivi::openvivi_embedded {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(EmbeddedSystem, ReadsTheTicksOfEachCore) {
    const auto cores =
        parse_stat("cpu  30 0 0 70 0 0 0 0 0 0\ncpu0 10 2 3 80 5 0 0 0 0 0\ncpu1 20 0 0 80 0 0 0 0 0 0\nintr 1 2 3\n");
    EXPECT_THAT(cores, ElementsAre(CoreTicks{.busy = 15, .total = 100}, CoreTicks{.busy = 20, .total = 100}));
    EXPECT_THAT(parse_stat("cpu0 nonsense\n"), IsEmpty());
}

TEST(EmbeddedSystem, UsageIsOfTheTimeBetweenTwoSamples) {
    EXPECT_THAT(
        usage({{.busy = 10, .total = 100}, {.busy = 0, .total = 100}}, {{.busy = 30, .total = 200}, {.busy = 0, .total = 100}}),
        ElementsAre(0.2, 0.0));
    EXPECT_THAT(usage({}, {{.busy = 30, .total = 200}}), ElementsAre(0.0)) << "a core came";
}

TEST(EmbeddedSystem, ReadsMemoryAndLoad) {
    EXPECT_EQ(parse_meminfo("MemTotal:        4000 kB\nMemFree: 1 kB\nMemAvailable:    1000 kB\n"),
              (Memory{.total_bytes = 4'096'000, .available_bytes = 1'024'000}));
    EXPECT_THAT(parse_loadavg("0.50 1.25 2.00 1/200 4242\n"), ElementsAre(0.5, 1.25, 2.0));
    EXPECT_THAT(parse_loadavg(""), IsEmpty());
}

TEST(EmbeddedSystem, SaysNullWhereThereIsNoSensor) {
    const auto document = to_json({.core_usage = {0.123456}});
    EXPECT_TRUE(document["temperature_celsius"].is_null());
    EXPECT_EQ(document["cpu"]["usage"][0], 0.123);
    EXPECT_EQ(to_json({.temperature_celsius = 51.5})["temperature_celsius"], 51.5);
}

TEST(EmbeddedSystem, ReadsWhatTheFirmwareSaysOfItsPower) {
    const auto report = parse_throttled("50005\n");
    ASSERT_TRUE(report);
    EXPECT_EQ(report->now, (Throttling{.under_voltage = true, .throttled = true}));
    EXPECT_EQ(report->since_boot, (Throttling{.under_voltage = true, .throttled = true}));
    EXPECT_EQ(parse_throttled("0x0")->now, Throttling{});
    EXPECT_EQ(parse_throttled(""), std::nullopt);
    EXPECT_EQ(parse_throttled("throttled"), std::nullopt);
    EXPECT_TRUE(to_json({})["throttling"].is_null());
    EXPECT_EQ(to_json({.throttling = report})["throttling"]["now"]["throttled"], true);
}

}  // namespace
}  // namespace vivi::openvivi_embedded
