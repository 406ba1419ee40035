// What each device hears of a name: allowed, blocked, explained; and where aliases may not lead.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/common/wire/bytes_of.hpp"
#include "tests/router/dnsd/venue.hpp"

namespace vivi::dnsd {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

const auto example_address = a(question_pointer(), "192.0.2.1", 300);

TEST(DnsdPolicy, PassesOnWhatNothingDenies) {
    Venue venue;
    EXPECT_EQ(venue.ask("www.example.org"), "upstream");
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {example_address})), "NOERROR | www.example.org 300 A 192.0.2.1");
    EXPECT_EQ(venue.out.answers()[0].client, from(phone_address));
    EXPECT_EQ(venue.engine.in_flight(), 0U);
    EXPECT_TRUE(venue.out.allowed().empty()) << "only allow-listed devices have elements";
}

TEST(DnsdPolicy, KeepsTheCaseOfTheQuestion) {
    Venue venue;
    EXPECT_EQ(venue.resolve("wWw.ExAmPle.ORG", {example_address}), "NOERROR | wWw.ExAmPle.ORG 300 A 192.0.2.1");
}

TEST(DnsdPolicy, SaysWhyANameIsBlocked) {
    Venue venue;
    model::Policy policy;
    policy.domains = {deny("casino.example")};
    policy.categories = {{.category = "pornography"}};
    venue.set_policy(policy, {{"pornography", "adult.example"}});
    EXPECT_EQ(venue.ask("www.casino.example"),
              "NXDOMAIN | www.casino.example 10 SOA | ede 15 vivi: domain casino.example (deny, everybody)");
    EXPECT_EQ(venue.ask("adult.example"),
              "NXDOMAIN | adult.example 10 SOA | ede 15 vivi: category pornography (deny, everybody)");
    EXPECT_EQ(venue.ask({.name = "adult.example", .payload = -1}), "NXDOMAIN | adult.example 10 SOA") << "no OPT, no explanation";
    EXPECT_EQ(venue.engine.counters().blocked, 3U);
}

TEST(DnsdPolicy, TellsRulesOfTheDeviceFromRulesOfTheEvent) {
    Venue venue;
    model::Policy policy;
    policy.groups = {{.name = "kids", .devices = {laptop}, .mode = {}}};
    policy.domains = {{.domain = "game.example", .scope = {.device = phone, .group = {}}},
                      {.domain = "game.example", .scope = {.device = {}, .group = "kids"}}};
    policy.devices = {{.device = Mac{{2, 0, 0, 0, 0, 3}}}};
    venue.set_policy(policy);
    const auto code = [&](Ipv4 address) {
        const auto text = venue.ask({.name = "game.example"}, from(address));
        return text.substr(std::min(text.find("ede"), text.size()), 6);
    };
    venue.engine.devices().add_neighbour({to_mapped(Ipv4{0x0a000066}), Mac{{2, 0, 0, 0, 0, 3}}});
    EXPECT_EQ(code(phone_address), "ede 17") << "filtered";
    EXPECT_EQ(code(laptop_address), "ede 17") << "filtered, by its group";
    EXPECT_EQ(code({0x0a000066}), "ede 18") << "prohibited: banned";
    EXPECT_EQ(code({0x0a000067}), "") << "nobody said anything about it";
}

TEST(DnsdPolicy, ProhibitsNewDevicesButForWhatIsEssential) {
    Venue venue;
    model::Policy policy;
    policy.new_devices = model::NewDevices::Deny;
    policy.never_blocked = {"vivi.example"};
    venue.set_policy(policy);
    const auto stranger = from(Ipv4{0x0a000099});
    EXPECT_THAT(venue.ask({.name = "www.example.org"}, stranger), testing::HasSubstr("| ede 18 "));
    EXPECT_EQ(venue.ask({.name = "dash.vivi.example"}, stranger), "upstream");
    EXPECT_THAT(venue.ask({.name = "vivi.lan"}, stranger), testing::HasSubstr("A 10.0.0.1")) << "the page that says so";
}

TEST(DnsdPolicy, BlocksAsConfigured) {
    Venue venue;
    model::Policy policy;
    policy.domains = {deny("casino.example")};
    venue.set_policy(policy);
    const auto ask = [&](model::BlockAnswer how, std::uint16_t wanted) {
        venue.dns.block_answer = how;
        venue.set_dns();
        return venue.ask({.name = "casino.example", .type = wanted, .payload = -1});
    };
    using enum model::BlockAnswer;
    EXPECT_EQ(ask(Nxdomain, type::aaaa), "NXDOMAIN | casino.example 10 SOA");
    EXPECT_EQ(ask(Null, type::a), "NOERROR | casino.example 10 A 0.0.0.0");
    EXPECT_EQ(ask(Null, type::aaaa), "NOERROR | casino.example 10 AAAA ::");
    EXPECT_EQ(ask(Null, type::https), "NOERROR | casino.example 10 SOA");
    EXPECT_EQ(ask(Page, type::a), "NOERROR | casino.example 10 A 10.0.0.1");
    EXPECT_EQ(ask(Page, type::aaaa), "NOERROR | casino.example 10 SOA");
    EXPECT_EQ(ask(Page, type::https), "NOERROR | casino.example 10 SOA");
}

TEST(DnsdPolicy, NeverFiltersTheRouterItself) {
    Venue venue;
    model::Policy policy;
    policy.new_devices = model::NewDevices::Deny;
    venue.set_policy(policy);
    EXPECT_EQ(venue.ask({.name = "hub.example"}, from(Ipv4{0x7f000001})), "upstream");
    EXPECT_EQ(venue.ask({.name = "hub.example", .id = 2}, from(router_address)), "silence") << "joins the one in flight";
}

TEST(DnsdPolicy, SeesThroughAliases) {
    Venue venue;
    model::Policy policy;
    policy.domains = {deny("tracker.example")};
    venue.set_policy(policy);
    EXPECT_EQ(venue.resolve("metrics.shop.example", {cname(question_pointer(), labels("a.cdn.example")),
                                                     cname(labels("a.cdn.example"), labels("e.tracker.example")),
                                                     a(labels("e.tracker.example"), "192.0.2.9")}),
              "NXDOMAIN | metrics.shop.example 10 SOA | ede 15 vivi: alias e.tracker.example: domain tracker.example (deny, "
              "everybody)");
    const auto hits = venue.engine.take_hits(venue.now);
    ASSERT_EQ(hits.rows.size(), 1U);
    EXPECT_EQ(hits.rows[0].name, "e.tracker.example");
    EXPECT_EQ(hits.rows[0].layer, "event_deny");
    EXPECT_EQ(hits.rows[0].device, phone);
}

TEST(DnsdPolicy, SeesWhereServicesLead) {
    Venue venue;
    model::Policy policy;
    policy.domains = {deny("tracker.example")};
    venue.set_policy(policy);
    // Priority 1, target e.tracker.example, alpn=h2.
    const auto data = Writer{}.u16(1).put(labels("e.tracker.example")).put(bytes_of("0001 0003 026832")).take_bytes();
    EXPECT_THAT(venue.resolve({.name = "shop.example", .type = type::https}, {{question_pointer(), type::https, 60, data}}),
                testing::HasSubstr("vivi: alias e.tracker.example"));
}

TEST(DnsdPolicy, BelievesWhoAllowedTheNameAskedFor) {
    const std::vector<DnsRecord> through_a_tracker{cname(question_pointer(), labels("e.tracker.example")),
                                                   a(labels("e.tracker.example"), "192.0.2.9")};
    model::Policy policy;
    policy.domains = {allow("shop.example")};
    policy.categories = {{.category = "advertising"}};
    {
        Venue venue;
        venue.set_policy(policy, {{"advertising", "tracker.example"}});
        EXPECT_EQ(venue.resolve("shop.example", through_a_tracker),
                  "NOERROR | shop.example 60 CNAME e.tracker.example | e.tracker.example 60 A 192.0.2.9")
            << "a category is behind a rule of the event";
        EXPECT_THAT(venue.resolve("other.example", through_a_tracker), testing::HasSubstr("ede 15 vivi: alias"));
    }
    policy.domains.push_back({.domain = "tracker.example", .scope = {.device = phone, .group = {}}});
    Venue venue;
    venue.set_policy(policy, {{"advertising", "tracker.example"}});
    EXPECT_THAT(venue.resolve("shop.example", through_a_tracker), testing::HasSubstr("ede 17 vivi: alias"))
        << "a rule of the device is before a rule of the event";
}

TEST(DnsdPolicy, DecidesByThePolicyThatHoldsWhenTheAnswerComes) {
    Venue venue;
    EXPECT_EQ(venue.ask("casino.example"), "upstream");
    model::Policy policy;
    policy.domains = {deny("casino.example")};
    venue.set_policy(policy);
    EXPECT_THAT(venue.receive(reply_to(venue.sent_bytes, {example_address})), testing::HasSubstr("NXDOMAIN"));
}

model::Policy allow_listed(const std::string& name) {
    model::Policy policy;
    policy.mode = model::Mode::AllowListed;
    policy.domains = {allow(name)};
    return policy;
}

TEST(DnsdAllowListed, HandsOutTheAddressesBeforeTheAnswerAndCapsItsTtl) {
    Venue venue;
    venue.set_policy(allow_listed("bank.example"));
    EXPECT_THAT(venue.ask("www.example.org"), testing::HasSubstr("ede 15 vivi: mode allow-listed"));
    EXPECT_EQ(venue.resolve("www.bank.example",
                            {cname(question_pointer(), labels("b.cdn.example"), 3600),
                             a(labels("b.cdn.example"), "192.0.2.1", 3600), a(labels("b.cdn.example"), "192.0.2.2", 30)}),
              "NOERROR | www.bank.example 60 CNAME b.cdn.example | b.cdn.example 60 A 192.0.2.1 | b.cdn.example 30 A 192.0.2.2");
    EXPECT_THAT(venue.out.allowed(),
                testing::UnorderedElementsAre(firewall::Allowed{policy::everybody, to_mapped(Ipv4{0xc0000201})},
                                              firewall::Allowed{policy::everybody, to_mapped(Ipv4{0xc0000202})}));
    EXPECT_EQ(venue.out.allow_for(), Seconds{3660});
}

TEST(DnsdAllowListed, TellsTheKernelAgainOnlyWhenItIsTime) {
    Venue venue;
    venue.set_policy(allow_listed("bank.example"));
    const auto elements = [&] {
        venue.resolve("bank.example", {example_address});
        return venue.out.allowed().size();
    };
    EXPECT_EQ(elements(), 1U);
    EXPECT_EQ(elements(), 0U);
    venue.engine.allow_failed();
    EXPECT_EQ(elements(), 1U) << "the kernel did not take them";
    venue.now += Seconds{300};
    EXPECT_EQ(elements(), 1U);
}

TEST(DnsdAllowListed, GivesBackWhatANewPolicyDoesNotAllow) {
    Venue venue;
    venue.engine.adopt(std::vector<firewall::Allowed>{{.view = 0, .address = to_mapped(Ipv4{0xc0000209})}}, venue.now);
    auto policy = allow_listed("bank.example");
    policy.domains.push_back(allow("shop.example"));
    EXPECT_EQ(venue.set_policy(policy).size(), 1U) << "nobody knows any more for which name it was";
    venue.resolve("bank.example", {a(question_pointer(), "192.0.2.1"), a(question_pointer(), "192.0.2.3")});
    venue.resolve("shop.example", {a(question_pointer(), "192.0.2.2"), a(question_pointer(), "192.0.2.3")});
    EXPECT_THAT(venue.set_policy(allow_listed("bank.example")),
                testing::ElementsAre(firewall::Allowed{policy::everybody, to_mapped(Ipv4{0xc0000202})}))
        << "192.0.2.3 is still the bank's";
    EXPECT_TRUE(venue.set_policy(allow_listed("bank.example")).empty());
}

TEST(DnsdAllowListed, DoesNotLetNameServersIn) {
    Venue venue;
    venue.set_policy(allow_listed("bank.example"));
    venue.ask("bank.example");
    auto answer = reply_to(venue.sent_bytes, {example_address, a(labels("ns.bank.example"), "192.0.2.53")});
    answer[7] = std::byte{1};   // One answer …
    answer[11] = std::byte{2};  // … and glue beside OPT.
    venue.receive(answer);
    EXPECT_THAT(venue.out.allowed(), testing::ElementsAre(firewall::Allowed{policy::everybody, to_mapped(Ipv4{0xc0000201})}));
}

TEST(DnsdAllowListed, LetsHintsInToo) {
    Venue venue;
    venue.set_policy(allow_listed("bank.example"));
    const auto data = bytes_of("0001 00 0004 0004 c0000201");
    venue.resolve({.name = "bank.example", .type = type::https}, {{question_pointer(), type::https, 60, data}});
    EXPECT_THAT(venue.out.allowed(), testing::ElementsAre(firewall::Allowed{policy::everybody, to_mapped(Ipv4{0xc0000201})}));
}

TEST(DnsdNewDevices, ReachWhatIsEssentialAndNothingElse) {
    Venue venue;
    venue.set_policy({.new_devices = model::NewDevices::Ask, .never_blocked = {"dashboard.example"}});
    EXPECT_THAT(venue.ask("shop.example"), testing::HasSubstr("ede 18"));
    venue.resolve("dashboard.example", {example_address});
    const firewall::Allowed element{policy::newcomers, to_mapped(Ipv4{0xc0000201})};
    EXPECT_THAT(venue.out.allowed(), testing::ElementsAre(element));
    EXPECT_TRUE(venue.set_policy({.new_devices = model::NewDevices::Deny, .never_blocked = {"dashboard.example"}}).empty());
    EXPECT_THAT(venue.set_policy({.new_devices = model::NewDevices::Deny}), testing::ElementsAre(element));
}

}  // namespace
}  // namespace vivi::dnsd
