// Bootstrap settings: defaults, file, environment, and every problem at once.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/settings.hpp"

#include <gmock/gmock.h>

namespace vivi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<Setting> declared{{"bus.url", std::string{"amqp://localhost"}, "Where RabbitMQ is."},
                                    {"capture.ring_mib", std::int64_t{32}, "Size of the ring in MiB."},
                                    {"capture.promiscuous", true, "See frames for others too."},
                                    {"proxies", std::vector<std::string>{}, "Addresses that are believed."}};

TEST(Settings, FileOverridesDefaultAndEnvironmentOverridesFile) {
    const auto settings = parse_settings(declared, "proxies = ['10.0.0.1']\n[capture]\nring_mib = 64\npromiscuous = false\n", "x.toml",
                                         {{"VIVI_CAPTURE_RING_MIB", "16"}});
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->text("bus.url"), "amqp://localhost");
    EXPECT_EQ(settings->number("capture.ring_mib"), 16);
    EXPECT_FALSE(settings->flag("capture.promiscuous"));
    EXPECT_THAT(settings->list("proxies"), ElementsAre("10.0.0.1"));
}

TEST(Settings, NamesEveryProblemWithFileAndLine) {
    const auto settings = parse_settings(declared, "[capture]\nring_mb = 64\npromiscuous = 'yes'\n", "x.toml", {});
    ASSERT_FALSE(settings);
    EXPECT_THAT(settings.error().detail, HasSubstr("x.toml:2: capture.ring_mb: unknown key"));
    EXPECT_THAT(settings.error().detail, HasSubstr("x.toml:3: capture.promiscuous: must be true or false"));
}

TEST(Settings, SaysWhereTheFileCannotBeRead) {
    const auto settings = parse_settings(declared, "a = 1\nb = = 2\n", "x.toml", {});
    ASSERT_FALSE(settings);
    EXPECT_THAT(settings.error().detail, HasSubstr("x.toml:2:"));
}

TEST(Settings, AListComesFromTheEnvironmentWithCommas) {
    const auto settings = parse_settings(declared, "", "x.toml", {{"VIVI_PROXIES", "10.0.0.1, 10.0.0.2"}});
    ASSERT_TRUE(settings);
    EXPECT_THAT(settings->list("proxies"), ElementsAre("10.0.0.1", "10.0.0.2"));
}

}  // namespace
}  // namespace vivi
