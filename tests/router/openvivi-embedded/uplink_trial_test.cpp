// The trial of an uplink that was set at the router: proved by a new connection, looked at when the time is over.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/uplink_trial.hpp"

#include <gtest/gtest.h>

namespace vivi::openvivi_embedded {
namespace {

using Turn = UplinkTrial::Turn;
constexpr Instant start{};

TEST(UplinkTrial, IsProvedByAConnectionThatWasDialledAfterwards) {
    UplinkTrial trial{180s, start};
    EXPECT_EQ(trial.look(true, 1, start + 4s), Turn::Wait) << "the connection of before proves nothing";
    EXPECT_EQ(trial.look(true, 2, start + 5s), Turn::Dial) << "nor one that was made while the uplink changed";
    EXPECT_EQ(trial.look(false, 2, start + 6s), Turn::Wait);
    EXPECT_EQ(trial.look(true, 3, start + 8s), Turn::Keep);
}

TEST(UplinkTrial, DialsAgainAndIsLookedAtInTheEnd) {
    UplinkTrial trial{180s, start};
    EXPECT_EQ(trial.look(true, 1, start + 5s), Turn::Dial);
    EXPECT_EQ(trial.look(true, 1, start + 24s), Turn::Wait);
    EXPECT_EQ(trial.look(true, 1, start + 25s), Turn::Dial) << "the old connection is still used";
    EXPECT_EQ(trial.left(start + 175s + 1ms), 5s);
    EXPECT_EQ(trial.look(false, 1, start + 180s), Turn::Look);
    EXPECT_EQ(trial.left(start + 200s), 0s);
}

}  // namespace
}  // namespace vivi::openvivi_embedded
