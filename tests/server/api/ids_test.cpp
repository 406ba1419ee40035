// Ids, cursors and times as clients see them.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"

#include <gtest/gtest.h>

#include "common/core/crypto.hpp"
#include "server/api/date_time.hpp"

namespace vivi::api {
namespace {

constexpr const char* uuid = "0b8e6c1e-5d34-4c8b-9a77-0123456789ab";

std::string encoded(std::string_view text) { return crypto::to_base64url(as_bytes(text)); }

TEST(Ids, AreTypedAndOpaque) {
    EXPECT_EQ(parse_id("Device", to_id("Device", uuid)), uuid);
    EXPECT_EQ(parse_id("Router", to_id("Device", uuid)), std::nullopt);
    EXPECT_EQ(to_id("Device", uuid).find("Device"), std::string::npos);
}

TEST(Ids, RefuseWhatIsNoUuidBeforeItReachesSql) {
    for (const auto* text : {"", "Device", "Device:", "Device:1", "Device:0b8e6c1e-5d34-4c8b-9a77-0123456789aG",
                             "Device:0B8E6C1E-5D34-4C8B-9A77-0123456789AB", "Device:0b8e6c1e05d34-4c8b-9a77-0123456789ab",
                             "Devicex0b8e6c1e-5d34-4c8b-9a77-0123456789ab"})
        EXPECT_EQ(parse_id("Device", encoded(text)), std::nullopt) << text;
    EXPECT_EQ(parse_id("Device", "not base64 !"), std::nullopt);
    EXPECT_EQ(parse_id("Device", std::string(100'000, 'A')), std::nullopt);
}

TEST(Cursors, ComeBackAsTheyWere) {
    const db::DevicePosition position{.seen_us = 1'795'370'402'123'456, .id = uuid};
    const auto back = parse_cursor(to_cursor(position));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->seen_us, position.seen_us);
    EXPECT_EQ(back->id, uuid);
}

TEST(Cursors, RefuseEverythingElse) {
    const std::string id = uuid;
    for (const auto& text :
         {std::string{}, std::string{"d1:"}, std::string{"d1::"} + id, "d1:x:" + id, "d1:-1:" + id,
          "d1:99999999999999999999:" + id, "d1:999999999999999999:" + id, "d2:1:" + id, std::string{"d1:1:nope"}})
        EXPECT_EQ(parse_cursor(encoded(text)), std::nullopt) << text;
}

TEST(DateTime, IsRfc3339InUtcWithMilliseconds) {
    EXPECT_EQ(to_date_time(from_unix_ms(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_date_time(from_unix_ms(1'795'370'402'123)), "2026-11-22T18:00:02.123Z");
    EXPECT_EQ(to_date_time(from_unix_ms(1'709'210'096'007)), "2024-02-29T12:34:56.007Z");
}

TEST(Ids, PlacesInNumberedListsAreOfOneListOnly) {
    const RowPlace place{.at_ms = 1'795'370'400'000, .id = 42};
    EXPECT_EQ(parse_cursor('h', to_cursor('h', place)), place);
    EXPECT_FALSE(parse_cursor('a', to_cursor('h', place)));
    EXPECT_FALSE(parse_cursor('h', to_cursor('h', {.at_ms = -1, .id = 1})));
    EXPECT_FALSE(parse_cursor('h', to_cursor('h', {.at_ms = std::int64_t{1} << 60, .id = 1})));
    EXPECT_FALSE(parse_cursor('h', "nonsense"));
}

}  // namespace
}  // namespace vivi::api
