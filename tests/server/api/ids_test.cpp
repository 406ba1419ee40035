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
    using enum db::DeviceSort;
    for (const auto& [sort, key] : std::vector<std::pair<db::DeviceSort, std::string>>{{LastSeen, "1795370402123456"},
                                                                                       {FirstSeen, "0"},
                                                                                       {Name, "zoë:s phone"},
                                                                                       {Name, std::string(252, 'x')},
                                                                                       {Address, "10.66.0.50"},
                                                                                       {Address, "ffff::1"},
                                                                                       {Bytes, "9007199254740991"},
                                                                                       {Rate, "0"}}) {
        const db::DevicePlace place{.sort = sort, .key = key, .id = uuid};
        EXPECT_EQ(parse_cursor(sort, to_cursor(place)), place) << key;
        EXPECT_EQ(parse_cursor(sort == Rate ? Bytes : Rate, to_cursor(place)), std::nullopt) << "a place in another order";
    }
}

TEST(Cursors, RefuseEverythingElse) {
    using enum db::DeviceSort;
    const std::string id = uuid;
    for (const auto& text : {std::string{}, std::string{"d2:"}, "d2:l:" + id, "d2:l:" + id + ":", "d2:l:" + id + ":x",
                             "d2:l:" + id + ":-1", "d2:l:" + id + ":99999999999999999999", "d2:l:" + id + ":999999999999999999",
                             "d1:1:" + id, std::string{"d2:l:nope:1"}, "d2:n:" + id + ":1"})
        EXPECT_EQ(parse_cursor(LastSeen, encoded(text)), std::nullopt) << text;
    for (const auto* address : {"", "10.66.0", "10.66.0.1/8", "'; drop table devices"})
        EXPECT_EQ(parse_cursor(Address, encoded("d2:a:" + id + ":" + address)), std::nullopt) << address;
    EXPECT_EQ(parse_cursor(Name, encoded("d2:n:" + id + ":\xff")), std::nullopt) << "not UTF-8";
    EXPECT_EQ(parse_cursor(Name, encoded("d2:n:" + id + ":" + std::string(600, 'x'))), std::nullopt);
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
