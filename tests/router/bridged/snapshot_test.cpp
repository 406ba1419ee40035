// A snapshot is whole JSON in every part, whatever the store has.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/snapshot.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace vivi::bridged {
namespace {

using nlohmann::json;

TEST(BridgedSnapshot, HasEveryLeaseInOneOfItsParts) {
    std::vector<std::string> leases;
    for (int i = 0; i < 500; ++i) leases.push_back(json{{"address", i}}.dump());
    const auto parts = snapshot_parts(leases, 1000);
    EXPECT_GT(parts.size(), 5U);
    int next = 0;
    for (const auto& part : parts) {
        EXPECT_LE(part.size(), 1000U);
        for (const auto& lease : json::parse(part).at("leases")) EXPECT_EQ(lease["address"], next++);
    }
    EXPECT_EQ(next, 500);
}

TEST(BridgedSnapshot, OfNothingIsAnEmptyPart) {
    EXPECT_EQ(snapshot_parts({}), std::vector<std::string>{R"({"leases":[]})"});
    EXPECT_EQ(snapshot_parts({"no json", std::string(2000, ' ') + "1"}, 1000), std::vector<std::string>{R"({"leases":[]})"});
}

}  // namespace
}  // namespace vivi::bridged
