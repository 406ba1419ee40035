// What does not pass: private addresses from public names, ech in strict mode, hints that rules deny; and what does, unchanged.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <random>

#include "common/wire/dns_message_service.hpp"
#include "router/dnsd/address_kinds.hpp"
#include "tests/common/wire/bytes_of.hpp"
#include "tests/router/dnsd/venue.hpp"

namespace vivi::dnsd {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

TEST(DnsdRebinding, KnowsAddressesThatAreNotPublic) {
    for (const auto* text : {"0.0.0.0",
                             "10.1.2.3",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "169.254.1.1",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "224.0.0.251",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fc00::1",
                             "fdff::1",
                             "fe80::1",
                             "fec0::1",
                             "ff02::fb",
                             "::ffff:10.0.0.1",
                             "::10.0.0.1",
                             "64:ff9b::10.0.0.1",
                             "2002:0a00:0001::1",
                             "2002:c0a8:0101::"})
        EXPECT_TRUE(is_private(*parse_address(text))) << text;
    for (const auto* text :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.0.1",
          "192.169.0.1", "223.255.255.255", "2001:db8::1", "64:ff9b::1.1.1.1", "2002:0101:0101::1", "fbff::1"})
        EXPECT_FALSE(is_private(*parse_address(text))) << text;
}

TEST(DnsdRebinding, TakesPrivateAddressesOut) {
    Venue venue;
    EXPECT_EQ(venue.resolve("evil.example", {a(question_pointer(), "192.168.1.1")}),
              "NOERROR | evil.example 10 SOA | ede 15 vivi: rebinding");
    EXPECT_EQ(venue.resolve("evil.example", {a(question_pointer(), "192.168.1.1"), a(question_pointer(), "192.0.2.1")}),
              "NOERROR | evil.example 60 A 192.0.2.1");
    EXPECT_EQ(venue.resolve({.name = "evil.example", .type = type::aaaa}, {aaaa(question_pointer(), "::ffff:127.0.0.1")}),
              "NOERROR | evil.example 10 SOA | ede 15 vivi: rebinding");
    EXPECT_EQ(venue.resolve("evil.example", {a(question_pointer(), "0.0.0.0")}),
              "NOERROR | evil.example 10 SOA | ede 15 vivi: rebinding");
    EXPECT_EQ(venue.engine.counters().rebinding, 4U);
}

TEST(DnsdRebinding, CoversOurNetworksWhenTheyArePublic) {
    Venue venue;
    auto network = lan();
    network.address = {Ipv4{0xc6336401}, 24};  // 198.51.100.1/24
    venue.engine.set_dns(venue.dns, std::vector{network});
    EXPECT_THAT(venue.resolve("evil.example", {a(question_pointer(), "198.51.100.20")}), testing::HasSubstr("rebinding"));
}

TEST(DnsdRebinding, LetsPrivateNamesThrough) {
    Venue venue;
    venue.dns.private_names = {"house.example"};
    venue.set_dns();
    EXPECT_EQ(venue.resolve("nas.house.example", {a(question_pointer(), "192.168.1.1")}),
              "NOERROR | nas.house.example 60 A 192.168.1.1");
    EXPECT_THAT(venue.resolve("nashouse.example", {a(question_pointer(), "192.168.1.1")}), testing::HasSubstr("rebinding"));
}

// HTTPS 1 . mandatory=alpn,ech alpn=h2 ipv4hint=192.0.2.1,10.0.0.1 ech=… ipv6hint=2001:db8::1
const auto service = bytes_of(
    "0001 00 0000 0004 0001 0005  0001 0003 026832  0004 0008 c0000201 0a000001  0005 0004 deadbeef"
    "0006 0010 20010db8000000000000000000000001");

Bytes service_data(const Venue& venue) {
    wire::dns::Message message;
    if (!parse_message(venue.out.bytes(venue.out.answers()[0]), message)) return {};
    for (const auto& record : message.records) {
        const auto data = message.data(record);
        if (record.type == type::https) return {data.begin(), data.end()};
    }
    return {};
}

TEST(DnsdStrict, TakesEchOutAndKeepsTheRest) {
    Venue venue;
    venue.dns.strict = true;
    venue.set_dns();
    venue.resolve({.name = "www.example.org", .type = type::https}, {{question_pointer(), type::https, 60, service}});
    EXPECT_EQ(service_data(venue), bytes_of("0001 00 0000 0002 0001  0001 0003 026832  0004 0004 c0000201"
                                            "0006 0010 20010db8000000000000000000000001"));
    EXPECT_EQ(venue.engine.counters().ech, 1U);
}

TEST(DnsdStrict, IsWhatItTakesToLoseEch) {
    Venue venue;
    const auto data = bytes_of("0001 00 0000 0002 0005  0005 0004 deadbeef");
    venue.resolve({.name = "www.example.org", .type = type::https}, {{question_pointer(), type::https, 60, data}});
    EXPECT_EQ(service_data(venue), data);
    venue.dns.strict = true;
    venue.set_dns();
    venue.resolve({.name = "www.example.org", .type = type::https}, {{question_pointer(), type::https, 60, data}});
    EXPECT_EQ(service_data(venue), bytes_of("0001 00")) << "an empty list of mandatory keys goes too";
}

TEST(DnsdFilter, TakesOutHintsThatRulesDeny) {
    Venue venue;
    model::Policy policy;
    policy.addresses = {{.prefix = *parse_ip_prefix("192.0.2.0/24"), .scope = {.device = phone, .group = {}}},
                        {.prefix = *parse_ip_prefix("2001:db8::/32"), .transport = model::Transport::Tcp, .port = 25}};
    venue.set_policy(policy);
    const auto ask = [&](Ipv4 address) {
        venue.send(query({.name = "www.example.org", .type = type::https}), from(address));
        venue.text();
        venue.receive(reply_to(venue.sent_bytes, {{question_pointer(), type::https, 60, service}}));
        return service_data(venue);
    };
    EXPECT_EQ(ask(phone_address), bytes_of("0001 00 0000 0004 0001 0005  0001 0003 026832  0005 0004 deadbeef"
                                           "0006 0010 20010db8000000000000000000000001"));
    EXPECT_EQ(ask(laptop_address),
              bytes_of("0001 00 0000 0004 0001 0005  0001 0003 026832  0004 0004 c0000201  0005 0004 deadbeef"
                       "0006 0010 20010db8000000000000000000000001"));
}

TEST(DnsdFilter, LeavesOutServicesThatCannotBeRead) {
    Venue venue;
    EXPECT_EQ(venue.resolve({.name = "www.example.org", .type = type::https},
                            {{question_pointer(), type::https, 60, bytes_of("0001 00 0005")}}),
              "NOERROR");
}

TEST(DnsdFilter, RefusesAnswersThatLeadNowhereReadable) {
    Venue venue;
    const std::string expected = "SERVFAIL | ede 0 vivi: the upstream's answer cannot be used";
    EXPECT_EQ(venue.resolve("www.example.org", {cname(question_pointer(), bytes_of("ff"))}), expected);
    std::vector<DnsRecord> chain;
    for (int i = 0; i < 40; ++i)
        chain.push_back(cname(labels("n" + std::to_string(i) + ".example"), labels("n" + std::to_string(i + 1) + ".example")));
    EXPECT_EQ(venue.resolve("www.example.org", chain), expected);
}

TEST(DnsdFilter, PassesOnWhatItHasNoOpinionOf) {
    Venue venue;
    const DnsRecord text{question_pointer(), type::txt, 60, bytes_of("0161")};
    const DnsRecord unknown{question_pointer(), 0x1234, 60, bytes_of("c00c")};
    venue.resolve({.name = "www.example.org", .type = type::txt, .payload = -1}, {text, unknown});
    ASSERT_EQ(venue.out.answers().size(), 1U);
    const auto answer = venue.out.bytes(venue.out.answers()[0]);
    const auto asked = query({.name = "www.example.org", .type = type::txt, .payload = -1});
    Writer expected;
    expected.u16(0x1234).u16(0x8180).u16(1).u16(2).u16(0).u16(0).put(BytesView{asked}.subspan(12));
    expected.put(bytes_of("c00c 0010 0001 0000003c 0002 0161  c00c 1234 0001 0000003c 0002 c00c"));
    EXPECT_TRUE(std::ranges::equal(answer, expected.view())) << "byte by byte, OPT left out";
}

TEST(DnsdFilter, AnswersWithEdnsOnlyWhoSpokeIt) {
    Venue venue;
    wire::dns::Message message;
    const auto resolve = [&](const Query& asked) {
        venue.resolve(asked, {a(question_pointer(), "192.0.2.1")});
        EXPECT_TRUE(parse_message(venue.out.bytes(venue.out.answers()[0]), message));
    };
    resolve({.name = "a.example", .payload = 4096, .dnssec_ok = true});
    ASSERT_TRUE(message.edns);
    EXPECT_EQ(message.edns->payload, 1232);
    EXPECT_TRUE(message.edns->dnssec_ok);
    EXPECT_TRUE(message.edns->options.empty());
    resolve({.name = "a.example", .payload = -1});
    EXPECT_FALSE(message.edns);
}

TEST(DnsdFilter, DoesNotPassOnWhatIsCutEvenByTcp) {
    Venue venue;
    venue.ask({.name = "a.example"}, from(phone_address, 1, Transport::Tcp));
    ASSERT_EQ(venue.receive(reply_to(venue.sent_bytes, {}, 0x8380)), "upstream by tcp");
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {a(question_pointer(), "192.0.2.1")}, 0x8380)),
              "SERVFAIL | ede 0 vivi: the upstream's answer cannot be used");
}

TEST(DnsdFilter, ShowsValidationOnlyToWhoAskedForIt) {
    Venue venue;
    const std::vector<DnsRecord> answers{a(question_pointer(), "192.0.2.1")};
    EXPECT_EQ(venue.resolve({.name = "a.example", .dnssec_ok = true}, answers, 0x81a0), "NOERROR ad | a.example 60 A 192.0.2.1");
    EXPECT_EQ(venue.resolve({.name = "a.example", .flags = 0x0120}, answers, 0x81a0), "NOERROR ad | a.example 60 A 192.0.2.1");
    EXPECT_EQ(venue.resolve({.name = "a.example"}, answers, 0x81a0), "NOERROR | a.example 60 A 192.0.2.1");
}

TEST(DnsdFilter, CutsWhatTheClientDoesNotTake) {
    Venue venue;
    std::vector<DnsRecord> many;
    for (int i = 1; i <= 40; ++i) many.push_back(a(question_pointer(), "192.0.2." + std::to_string(i)));
    EXPECT_EQ(venue.resolve({.name = "a.example", .payload = -1}, many), "NOERROR tc") << "512 bytes";
    EXPECT_LT(venue.resolve({.name = "a.example"}, many).find("192.0.2.40"), std::string::npos) << "1232 bytes";
    many.push_back(a(question_pointer(), "10.0.0.1"));  // Rebuilt, not copied.
    EXPECT_EQ(venue.resolve({.name = "a.example", .payload = 600}, many), "NOERROR tc");
    for (const auto& answer : venue.out.answers()) EXPECT_LE(answer.size, 600U);
}

/// Property: whatever comes, no client gets more than it takes, no denied name, no private address, and in strict mode no ech.
TEST(DnsdFilter, HoldsItsPromisesForRandomAnswers) {
    std::mt19937 dice{7};
    const auto roll = [&](int sides) { return static_cast<int>(dice() % static_cast<unsigned>(sides)); };
    const std::vector<std::string> names{"a.example", "b.cdn.example", "c.bad.example", "d.example", "e.sub.bad.example"};
    const std::vector<std::string> addresses{"192.0.2.1", "10.0.0.7", "198.51.100.2", "127.0.0.1", "203.0.113.9"};
    Venue venue;
    venue.dns.strict = true;
    venue.set_dns();
    model::Policy policy;
    policy.domains = {deny("bad.example")};
    venue.set_policy(policy);
    int passed = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<DnsRecord> records;
        const auto owner = [&] { return roll(2) == 0 ? question_pointer() : labels(names[static_cast<std::size_t>(roll(5))]); };
        for (int i = roll(12); i > 0; --i) {
            switch (roll(5)) {
                case 0: records.push_back(cname(owner(), labels(names[static_cast<std::size_t>(roll(5))]))); break;
                case 1: records.push_back({owner(), type::https, 60, service}); break;
                case 2:
                    records.push_back({owner(), type::txt, 60, Bytes(static_cast<std::size_t>(roll(200)), std::byte{'x'})});
                    break;
                default: records.push_back(a(owner(), addresses[static_cast<std::size_t>(roll(5))]));
            }
        }
        const int payload = roll(3) == 0 ? -1 : 512 + roll(900);
        const auto wanted = roll(2) == 0 ? type::a : type::https;
        venue.resolve({.name = "www.shop.example", .type = wanted, .payload = payload}, records);
        ASSERT_EQ(venue.out.answers().size(), 1U);
        const auto bytes = venue.out.bytes(venue.out.answers()[0]);
        EXPECT_LE(bytes.size(), payload < 0 ? 512U : std::min(static_cast<std::size_t>(payload), std::size_t{1232}));
        wire::dns::Message message;
        ASSERT_TRUE(parse_message(bytes, message));
        if (message.rcode() != 0) continue;
        passed += message.header.counts[1] != 0 ? 1 : 0;
        for (const auto& record : message.records) {
            EXPECT_EQ(name_text(wire::dns::read_name(bytes, record.owner_at)->name).find("bad.example"), std::string::npos);
            if (record.type == type::cname) EXPECT_EQ(data_text(message, record).find("bad.example"), std::string::npos);
            if (record.type == type::a) EXPECT_FALSE(is_private(to_mapped(Ipv4{Reader{message.data(record)}.u32()})));
            if (record.type != type::https) continue;
            const auto data = parse_service(message, record);
            ASSERT_TRUE(data);
            for (const auto& parameter : data->parameters()) EXPECT_NE(parameter.key, wire::dns::service_key::ech);
            data->each_hint([](const Ipv6& hint) { EXPECT_FALSE(is_private(hint)); });
        }
    }
    EXPECT_GT(passed, 200) << "answers with something in them";
}

}  // namespace
}  // namespace vivi::dnsd
