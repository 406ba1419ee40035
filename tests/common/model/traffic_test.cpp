// Events survive their JSON, and strangers' JSON is refused.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/traffic.hpp"

#include <gmock/gmock.h>

#include "common/model/lease.hpp"

namespace vivi::model {
namespace {

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};

TEST(Traffic, ABatchSurvivesItsJson) {
    const TrafficBatch batch{.tick = 250ms,
                             .captured = 310,
                             .dropped = 1,
                             .rows = {{.device = phone,
                                       .name = "www.example.org",
                                       .source = NameSource::Sni,
                                       .bytes_up = 1840,
                                       .bytes_down = 52400,
                                       .packets_up = 14,
                                       .packets_down = 40}}};
    EXPECT_EQ(parse_traffic_batch(to_json(batch)), batch);
}

TEST(Traffic, NegativeCountersAndUnknownSourcesAreRefused) {
    auto json = to_json(TrafficBatch{.tick = 250ms, .rows = {{.device = phone}}});
    json["rows"][0]["bytes_up"] = -1;
    EXPECT_FALSE(parse_traffic_batch(json));
    json["rows"][0]["bytes_up"] = 1;
    json["rows"][0]["source"] = "guess";
    EXPECT_FALSE(parse_traffic_batch(json));
}

TEST(Lease, SurvivesItsJson) {
    const Lease lease{.device = phone,
                      .address = Ipv4{0x0a420064},
                      .network = "lan",
                      .hostname = "phone",
                      .client_id = "01020000000001",
                      .vendor_class = "android-dhcp-15",
                      .duration = 3600s,
                      .granted_at = from_unix_ms(1'795'370'402'123),
                      .expires_at = from_unix_ms(1'795'374'002'123)};
    EXPECT_EQ(parse_lease(to_json(lease)), lease);
}

TEST(Event, TheEnvelopeSurvivesItsJson) {
    const Envelope envelope{.at = from_unix_ms(1'795'370'402'123), .from = {.instance = "5f0c", .number = 42}};
    const auto parsed = parse_envelope(to_json(envelope));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->at, envelope.at);
    EXPECT_EQ(parsed->from, envelope.from);
    EXPECT_FALSE(parse_envelope(Json{{"v", 2}}));
}

TEST(Event, JsonOfStrangersIsBounded) {
    EXPECT_TRUE(parse_json(R"({"a":[1,2,{"b":null}]})"));
    EXPECT_FALSE(parse_json("{"));
    EXPECT_FALSE(parse_json(std::string(1000, '[') + std::string(1000, ']')));
    EXPECT_FALSE(parse_json("[1,2,3]", 3));
}

}  // namespace
}  // namespace vivi::model
