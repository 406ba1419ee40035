// What the health document says of the tunnel. The API itself: tests/adapters/openvivi-embedded.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/api.hpp"

#include <gmock/gmock.h>

namespace vivi::openvivi_embedded {
namespace {

TEST(EmbeddedApi, HealthSaysWhyTheRouterIsOffline) {
    const auto document = health_document({.why_offline = "hub.vivi.lan:2222: Connection refused"});
    EXPECT_EQ(document["status"], "ok");
    EXPECT_EQ(document["tunnel"]["connected"], false);
    EXPECT_EQ(document["tunnel"]["why_offline"], "hub.vivi.lan:2222: Connection refused");
}

}  // namespace
}  // namespace vivi::openvivi_embedded
