// One line is one event, whatever a stranger calls its phone.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/log.hpp"

#include <gmock/gmock.h>

namespace vivi::log {
namespace {

TEST(Log, RendersNameAndPairs) {
    EXPECT_EQ(render("lease.granted", {{"ip", "10.0.0.100"}, {"seconds", 3600}, {"new", true}}),
              "lease.granted ip=10.0.0.100 seconds=3600 new=true");
}

TEST(Log, AHostNameCannotForgeALine) {
    EXPECT_EQ(render("lease.granted", {{"hostname", "a\nlease.granted mac=\"x\""}}),
              R"(lease.granted hostname="a\x0alease.granted mac=\"x\"")");
}

}  // namespace
}  // namespace vivi::log
