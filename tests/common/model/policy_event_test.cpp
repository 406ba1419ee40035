// What the router saw of its policy survives its JSON, and strangers' JSON is refused.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/policy_event.hpp"

#include <gmock/gmock.h>

namespace vivi::model {
namespace {

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};

const DomainsSeen seen{
    .tick = 1000ms,
    .folded = 3,
    .rows = {{.device = phone, .name = "www.example.org", .queries = 7}, {.name = "example.net", .queries = 1}}};
const PolicyHits hits{.tick = 1000ms,
                      .revision = 12,
                      .by = "dnsd",
                      .folded = 1,
                      .rows = {{.device = phone,
                                .name = "ads.example.org",
                                .layer = "event_deny",
                                .rule = "domain example.org (deny, everybody)",
                                .hits = 9},
                               {.address = "192.0.2.1", .layer = "default", .rule = "mode allow-listed", .hits = 2}}};
const FlowDenied flow{.device = phone,
                      .protocol = 17,
                      .local = to_mapped(Ipv4{0x0a420064}),
                      .remote = parse_ipv6("2001:db8::1").value(),
                      .local_port = 50'000,
                      .remote_port = 443,
                      .name = "video.example.org",
                      .source = NameSource::Quic,
                      .rule = "service videos (deny, group guests)"};
const ForeignRa ra{.interface = "eth0", .device = phone, .router = parse_ipv6("fe80::1").value()};
const HealthChange change{.state = "repaired", .detail = "set banned_devices"};

TEST(PolicyEvent, EveryEventSurvivesItsJson) {
    EXPECT_EQ(parse_domains_seen(to_json(seen)), seen);
    EXPECT_EQ(parse_policy_hits(to_json(hits)), hits);
    EXPECT_EQ(parse_flow_denied(to_json(flow)), flow);
    EXPECT_EQ(parse_foreign_ra(to_json(ra)), ra);
    EXPECT_EQ(parse_health_change(to_json(change)), change);
}

TEST(PolicyEvent, IsWrittenAsDocumented) {
    EXPECT_EQ(
        to_json(seen).dump(),
        R"({"folded":3,"rows":[{"device":"02:00:00:00:00:01","name":"www.example.org","queries":7},{"name":"example.net","queries":1}],"tick_ms":1000})");
    EXPECT_EQ(to_json(hits)["rows"][1].dump(),
              R"({"address":"192.0.2.1","hits":2,"layer":"default","rule":"mode allow-listed"})");
    EXPECT_EQ(to_json(flow)["local"], "10.66.0.100");
}

/// `parse` of the event's JSON without, and with a wrong, `at`.
template <class Parse>
void refuses(Json json, const char* at, const Json& wrong, Parse parse) {
    const Json::json_pointer pointer{at};
    ASSERT_TRUE(parse(json)) << at;
    json[pointer] = wrong;
    EXPECT_FALSE(parse(json)) << at << " = " << wrong;
    json[pointer.parent_pointer()].erase(pointer.back());
    EXPECT_FALSE(parse(json)) << "without " << at;
}

TEST(PolicyEvent, WhatIsMissingOrWrongIsRefused) {
    refuses(to_json(seen), "/tick_ms", -1, parse_domains_seen);
    refuses(to_json(seen), "/folded", -1, parse_domains_seen);
    refuses(to_json(seen), "/rows/0/queries", "7", parse_domains_seen);
    refuses(to_json(seen), "/rows/1/name", 7, parse_domains_seen);
    refuses(to_json(hits), "/revision", "12", parse_policy_hits);
    refuses(to_json(hits), "/by", 1, parse_policy_hits);
    refuses(to_json(hits), "/rows/0/hits", -9, parse_policy_hits);
    refuses(to_json(hits), "/rows/0/layer", nullptr, parse_policy_hits);
    refuses(to_json(hits), "/rows/1/address", "", parse_policy_hits);
    refuses(to_json(flow), "/device", "phone", parse_flow_denied);
    refuses(to_json(flow), "/protocol", 256, parse_flow_denied);
    refuses(to_json(flow), "/local", "", parse_flow_denied);
    refuses(to_json(flow), "/remote", "example.org", parse_flow_denied);
    refuses(to_json(flow), "/remote_port", 65'536, parse_flow_denied);
    refuses(to_json(flow), "/source", "guess", parse_flow_denied);
    refuses(to_json(ra), "/router", "192.0.2.300", parse_foreign_ra);
    refuses(to_json(ra), "/interface", 0, parse_foreign_ra);
    refuses(to_json(change), "/state", true, parse_health_change);
    for (const auto& none : {Json::array(), Json{}, Json{"text"}}) {
        EXPECT_FALSE(parse_domains_seen(none));
        EXPECT_FALSE(parse_policy_hits(none));
        EXPECT_FALSE(parse_flow_denied(none));
    }
}

}  // namespace
}  // namespace vivi::model
