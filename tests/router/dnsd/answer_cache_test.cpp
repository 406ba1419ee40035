// The small cache: what is kept, for how long, and that each device still hears what its policy says.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/answer_cache.hpp"

#include <gmock/gmock.h>

#include "tests/router/dnsd/venue.hpp"

namespace vivi::dnsd {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

DnsRecord address_for(std::uint32_t ttl) {
    auto record = a(question_pointer(), "192.0.2.1");
    record.ttl = ttl;
    return record;
}

TEST(DnsdAnswerCache, AnswersTheNextWhoAsksAndCountsDown) {
    Venue venue{Limits{.cached = 64}};
    EXPECT_EQ(venue.resolve("www.example.org", {address_for(30)}), "NOERROR | www.example.org 30 A 192.0.2.1");
    venue.now += Seconds{7};
    EXPECT_EQ(venue.ask({.name = "WWW.example.org", .id = 9}, from(laptop_address)), "NOERROR | WWW.example.org 23 A 192.0.2.1");
    EXPECT_EQ(venue.engine.counters().cached, 1U);
    venue.now += Seconds{23};
    EXPECT_EQ(venue.ask("www.example.org"), "upstream") << "its time is over";
}

TEST(DnsdAnswerCache, KeepsNothingForLongerThanAMinute) {
    Venue venue{Limits{.cached = 64}};
    venue.resolve("www.example.org", {address_for(86'400)});
    venue.now += Seconds{59};
    EXPECT_THAT(venue.ask("www.example.org"), testing::HasSubstr(" 86341 A"));
    venue.now += Seconds{1};
    EXPECT_EQ(venue.ask("www.example.org"), "upstream");
}

TEST(DnsdAnswerCache, IsOffUnlessAskedFor) {
    Venue venue;
    venue.resolve("www.example.org", {address_for(30)});
    EXPECT_EQ(venue.ask("www.example.org"), "upstream");
}

TEST(DnsdAnswerCache, KeepsNoFailureNoTtlOfZeroAndNothingWithoutProof) {
    Venue venue{Limits{.cached = 64}};
    venue.resolve("zero.example.org", {address_for(0)});
    EXPECT_EQ(venue.ask("zero.example.org"), "upstream");
    venue.receive(reply_to(venue.sent_bytes, {}, 0x8182));
    EXPECT_EQ(venue.ask("zero.example.org"), "upstream") << "SERVFAIL";
    venue.receive(reply_to(venue.sent_bytes, {}, 0x8183));
    EXPECT_EQ(venue.ask("zero.example.org"), "upstream") << "NXDOMAIN without a SOA";
}

TEST(DnsdAnswerCache, AnotherTypeOrDnssecIsAnotherQuestion) {
    Venue venue{Limits{.cached = 64}};
    venue.resolve("www.example.org", {address_for(30)});
    EXPECT_EQ(venue.ask("www.example.org", type::aaaa), "upstream");
    EXPECT_EQ(venue.ask({.name = "www.example.org", .dnssec_ok = true}), "upstream");
}

TEST(DnsdAnswerCache, EachDeviceHearsWhatItsPolicySays) {
    Venue venue{Limits{.cached = 64}};
    venue.resolve("www.example.org", {address_for(30)});
    auto rule = deny("example.org");
    rule.scope.device = laptop;
    [[maybe_unused]] auto none = venue.set_policy({.domains = {rule}});
    EXPECT_THAT(venue.ask({.name = "www.example.org"}, from(laptop_address)), testing::StartsWith("NXDOMAIN"));
    EXPECT_EQ(venue.ask("www.example.org"), "NOERROR | www.example.org 30 A 192.0.2.1");
}

TEST(DnsdAnswerCache, AnAllowListedDeviceGetsItsAddressLetThroughFirst) {
    Venue venue{Limits{.cached = 64}};
    venue.resolve("www.example.org", {address_for(300)});
    [[maybe_unused]] auto none = venue.set_policy({.mode = model::Mode::AllowListed, .domains = {allow("example.org")}});
    EXPECT_EQ(venue.ask("www.example.org"), "NOERROR | www.example.org 60 A 192.0.2.1");
    ASSERT_EQ(venue.out.allowed().size(), 1U);
}

TEST(DnsdAnswerCache, OtherUpstreamsMaySayOtherwise) {
    Venue venue{Limits{.cached = 64}};
    venue.resolve("www.example.org", {address_for(30)});
    venue.engine.set_upstreams(std::vector{other_upstream});
    EXPECT_EQ(venue.ask("www.example.org"), "upstream");
}

/// "gone.example.org": no such name; a SOA of `ttl` and `minimum` in the authority section.
Bytes no_such_name(BytesView asked, std::uint32_t ttl, std::uint32_t minimum) {
    Writer soa;
    soa.put(labels("ns.example.org")).put(labels("admin.example.org")).u32(1).u32(2).u32(3).u32(4).u32(minimum);
    Writer out;
    out.put(reply_to(asked, {}, 0x8183));
    auto bytes = out.take_bytes();
    bytes.resize(bytes.size() - 11);  // Its OPT, to be put behind the SOA.
    Writer all;
    all.put(bytes).patch_u16(8, 1);
    const auto data = soa.take_bytes();
    all.put(labels("example.org")).u16(6).u16(1).u32(ttl).u16(static_cast<std::uint16_t>(data.size())).put(data);
    all.u8(0).u16(41).u16(1232).u32(0).u16(0);
    return all.take_bytes();
}

TEST(DnsdAnswerCache, KeepsThatSomethingIsNotThereForTheSmallerOfTtlAndMinimum) {
    Venue venue{Limits{.cached = 64}};
    venue.ask("gone.example.org");
    EXPECT_THAT(venue.receive(no_such_name(venue.sent_bytes, 50, 20)), testing::StartsWith("NXDOMAIN"));
    venue.now += Seconds{19};
    EXPECT_EQ(venue.ask("gone.example.org"), "NXDOMAIN | example.org 31 SOA");
    venue.now += Seconds{1};
    EXPECT_EQ(venue.ask("gone.example.org"), "upstream");
}

}  // namespace
}  // namespace vivi::dnsd
