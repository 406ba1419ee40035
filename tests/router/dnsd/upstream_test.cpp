// What goes upstream and what is believed of what comes back; who is asked next, and what clients hear at the end.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <set>

#include "tests/common/wire/bytes_of.hpp"
#include "tests/router/dnsd/venue.hpp"

namespace vivi::dnsd {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

const auto example_address = a(question_pointer(), "192.0.2.1");
const std::string answer_text = "NOERROR | www.example.org 60 A 192.0.2.1";

wire::dns::Message parsed(BytesView bytes) {
    wire::dns::Message message;
    EXPECT_TRUE(parse_message(bytes, message));
    return message;
}

TEST(DnsdUpstream, IsAskedInAFormThatIsHardToForge) {
    Venue venue;
    std::set<std::uint16_t> ids, slots;
    std::set<std::string> cases;
    for (int i = 0; i < 100; ++i) {
        const std::string name = "n" + std::to_string(i) + ".example.org";
        ASSERT_EQ(venue.ask(name), "upstream");
        const auto message = parsed(venue.sent_bytes);
        ids.insert(message.header.id);
        slots.insert(venue.sent.slot);
        EXPECT_EQ(venue.engine.asks_at(venue.sent.slot) > 0, true);
        cases.insert(name_text(message.question.name).substr(name.find('.')));
        EXPECT_TRUE(message.question.name.equals(*wire::dns::WireName::from_text(name)));
        EXPECT_EQ(message.edns->payload, 1232);
    }
    EXPECT_GT(ids.size(), 95U);
    EXPECT_GT(slots.size(), 40U) << "of 64";
    EXPECT_GT(cases.size(), 80U) << "0x20";
}

TEST(DnsdUpstream, HearsNothingOfTheClient) {
    Venue venue;
    // OPT with a client's subnet (RFC 7871) and a cookie (RFC 7873).
    venue.ask({.name = "www.example.org",
               .id = 0x4242,
               .dnssec_ok = true,
               .options = bytes_of("0008 0007 0001 1800 0a0000 000a 0008 0102030405060708")});
    const auto message = parsed(venue.sent_bytes);
    EXPECT_NE(message.header.id, 0x4242);
    EXPECT_TRUE(message.edns->dnssec_ok) << "what decides about the answer goes along";
    EXPECT_TRUE(message.edns->options.empty());
}

TEST(DnsdUpstream, IsNotBelievedUnlessEverythingFits) {
    Venue venue;
    venue.engine.set_upstreams(std::vector{upstream, other_upstream});
    venue.ask("www.example.org");
    const auto sent = venue.sent;
    const auto right = reply_to(venue.sent_bytes, {example_address});
    const auto changed = [&](std::size_t at, int by) {
        auto bytes = right;
        bytes[at] ^= static_cast<std::byte>(by);
        return bytes;
    };
    EXPECT_EQ(venue.receive(right, other_upstream, sent.slot), "silence") << "another upstream";
    EXPECT_EQ(venue.receive(right, {upstream.address, 5353}, sent.slot), "silence") << "another port of it";
    EXPECT_EQ(venue.receive(right, upstream, static_cast<SlotId>(sent.slot + 1)), "silence") << "another port of ours";
    EXPECT_EQ(venue.receive(changed(0, 0x40)), "silence") << "another id";
    EXPECT_EQ(venue.receive(changed(2, 0x80)), "silence") << "a query";
    EXPECT_EQ(venue.receive(changed(2, 0x08)), "silence") << "another opcode";
    EXPECT_EQ(venue.receive(changed(13, 0x01)), "silence") << "another name";
    EXPECT_EQ(venue.receive(changed(12 + 18, 0x1d)), "silence") << "another type";
    EXPECT_EQ(venue.receive(changed(12 + 20, 0x02)), "silence") << "another class";
    EXPECT_EQ(venue.receive(prefix_of(right, 20)), "silence");
    EXPECT_EQ(venue.engine.counters().wrong, 10U);
    EXPECT_EQ(venue.receive(right), answer_text);
    EXPECT_EQ(venue.receive(right), "silence") << "one answer a question";
}

TEST(DnsdUpstream, IsNotBelievedWithTheWrongCaseOnceItHasKeptIt) {
    Venue venue;
    EXPECT_EQ(venue.resolve("www.example.org", {example_address}), answer_text);
    venue.ask("www.example.org");
    auto forged = reply_to(venue.sent_bytes, {example_address});
    forged[13] ^= std::byte{0x20};
    EXPECT_EQ(venue.receive(forged), "silence");
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {example_address})), answer_text);
}

TEST(DnsdUpstream, IsAskedInLowerCaseWhenItNeverKeepsIt) {
    Venue venue;
    venue.ask("www.example.org");
    auto lower = reply_to(venue.sent_bytes, {example_address});
    for (std::size_t i = 12; i < 28; ++i) lower[i] = wire::dns::folded(lower[i]);
    ASSERT_EQ(venue.receive(lower), "upstream") << "again, without mixed case";
    EXPECT_EQ(name_text(parsed(venue.sent_bytes).question.name), "www.example.org");
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {example_address})), answer_text);
    venue.ask("other.example.org");
    EXPECT_EQ(name_text(parsed(venue.sent_bytes).question.name), "other.example.org");
    EXPECT_FALSE(venue.engine.upstreams(venue.now)[0].keeps_case);
}

TEST(DnsdUpstream, AnswersManyWithOneQuestion) {
    Venue venue;
    EXPECT_EQ(venue.ask({.name = "www.example.org", .id = 1}), "upstream");
    EXPECT_EQ(venue.ask({.name = "WWW.example.org", .id = 2}, from(laptop_address)), "silence");
    EXPECT_EQ(venue.ask({.name = "www.example.org", .id = 3, .payload = -1}), "silence");
    EXPECT_EQ(venue.ask({.name = "www.example.org", .id = 4, .dnssec_ok = true}), "upstream") << "another question: DO";
    EXPECT_EQ(venue.engine.in_flight(), 2U);
    EXPECT_EQ(venue.engine.counters().coalesced, 2U);
}

TEST(DnsdUpstream, GivesEachItsOwnAnswer) {
    Venue venue;
    model::Policy policy;
    policy.domains = {{.domain = "www.example.org", .scope = {.device = laptop, .group = {}}}};
    venue.ask({.name = "www.example.org", .id = 1});
    venue.ask({.name = "WWW.example.org", .id = 2}, from(laptop_address));
    venue.ask({.name = "www.Example.org", .id = 3}, from(Ipv4{0x0a000066}));
    venue.set_policy(policy);
    const auto text = venue.receive(reply_to(venue.sent_bytes, {example_address}));
    EXPECT_THAT(text, testing::HasSubstr("NXDOMAIN | WWW.example.org 10 SOA | ede 17"));
    EXPECT_THAT(text, testing::HasSubstr("NOERROR | www.Example.org 60 A 192.0.2.1"));
    EXPECT_EQ(venue.out.answers().size(), 3U);
    std::set<int> ids;
    for (const auto& answer : venue.out.answers()) ids.insert(parsed(venue.out.bytes(answer)).header.id);
    EXPECT_THAT(ids, testing::ElementsAre(1, 2, 3));
}

TEST(DnsdUpstream, AnswersARepeatedQuestionOnce) {
    Venue venue;
    EXPECT_EQ(venue.ask("www.example.org"), "upstream");
    EXPECT_EQ(venue.ask("www.example.org"), "silence") << "the same client, port and id";
    venue.receive(reply_to(venue.sent_bytes, {example_address}));
    EXPECT_EQ(venue.out.answers().size(), 1U);
    EXPECT_EQ(venue.engine.counters().repeated, 1U);
}

TEST(DnsdUpstream, IsAskedAgainAndThenServfailIsExplained) {
    Venue venue;
    venue.ask("www.example.org");
    const auto first = venue.sent_bytes;
    EXPECT_EQ(venue.pass(399ms), "silence");
    EXPECT_EQ(venue.pass(1ms), "upstream");
    EXPECT_EQ(venue.sent_bytes, first) << "the same id and port: an answer to the first try is one to the second";
    EXPECT_EQ(venue.pass(800ms), "upstream");
    EXPECT_EQ(venue.pass(1600ms), "upstream");
    EXPECT_EQ(venue.pass(1199ms), "silence");
    EXPECT_EQ(venue.pass(1ms), "SERVFAIL | ede 23 vivi: no upstream resolver answers") << "after 4 s";
    EXPECT_EQ(venue.engine.next_deadline(), std::nullopt);
    EXPECT_EQ(venue.engine.asks_at(venue.sent.slot), 0U);
}

TEST(DnsdUpstream, FailsOverAndComesBack) {
    Venue venue;
    venue.engine.set_upstreams(std::vector{upstream, other_upstream});
    venue.ask("www.example.org");
    EXPECT_EQ(venue.sent.to, upstream);
    EXPECT_EQ(venue.pass(400ms), "upstream");
    EXPECT_EQ(venue.sent.to, other_upstream);
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {example_address})), answer_text);
    venue.ask("second.example.org");
    EXPECT_EQ(venue.sent.to, other_upstream) << "the first is left alone";
    EXPECT_TRUE(venue.engine.upstreams(venue.now)[0].is_penalised);
    venue.receive(reply_to(venue.sent_bytes, {example_address}));
    venue.now += 500ms;
    venue.ask("third.example.org");
    EXPECT_EQ(venue.sent.to, upstream) << "one question tries it again";
    const auto third = venue.sent;
    const auto answer_to_third = reply_to(venue.sent_bytes, {example_address});
    venue.ask("fourth.example.org");
    EXPECT_EQ(venue.sent.to, other_upstream) << "and only one";
    venue.receive(answer_to_third, upstream, third.slot);
    venue.ask("fifth.example.org");
    EXPECT_EQ(venue.sent.to, upstream) << "it is well again";
}

TEST(DnsdUpstream, IsNotBlamedForASlowName) {
    Venue venue;
    venue.engine.set_upstreams(std::vector{upstream, other_upstream});
    venue.ask("slow.example.org");
    venue.now += 10ms;
    venue.resolve("www.example.org", {example_address});
    venue.pass(400ms);
    EXPECT_FALSE(venue.engine.upstreams(venue.now)[0].is_penalised) << "it answered something else meanwhile";
    EXPECT_EQ(venue.sent.to, other_upstream) << "the second try asks elsewhere all the same";
}

TEST(DnsdUpstream, LeavesClosedPortsAtOnce) {
    Venue venue;
    venue.engine.set_upstreams(std::vector{upstream, other_upstream});
    venue.ask("www.example.org");
    venue.out.clear();
    venue.engine.upstream_failed(upstream, Transport::Udp, 0, venue.now, venue.out);
    EXPECT_EQ(venue.text(), "upstream");
    EXPECT_EQ(venue.sent.to, other_upstream);
}

TEST(DnsdUpstream, AsksElsewhereWhenOneFailsToResolve) {
    Venue venue;
    venue.engine.set_upstreams(std::vector{upstream, other_upstream});
    venue.ask("www.example.org");
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {}, 0x8182)), "upstream") << "SERVFAIL";
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {}, 0x8185)), "REFUSED") << "nobody is left: as it is";
}

TEST(DnsdUpstream, BelievesThatAnAnswerIsForged) {
    Venue venue;
    venue.engine.set_upstreams(std::vector{upstream, other_upstream});
    venue.ask("www.example.org");
    // EDE 6, DNSSEC Bogus (RFC 8914 section 4.7), with a text.
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {}, 0x8182, bytes_of("000f 0005 0006 626164"))), "SERVFAIL | ede 6 bad");
}

TEST(DnsdUpstream, IsAskedByTcpWhenTheAnswerIsCut) {
    Venue venue;
    venue.ask({.name = "www.example.org", .id = 1}, from(phone_address, 50000, Transport::Tcp));
    venue.ask({.name = "www.example.org", .id = 2});
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {example_address}, 0x8380)), "NOERROR tc\nupstream by tcp");
    ASSERT_EQ(venue.out.answers().size(), 1U);
    EXPECT_EQ(venue.out.answers()[0].client.transport, Transport::Udp) << "it comes again by TCP by itself";
    EXPECT_EQ(name_text(parsed(venue.sent_bytes).question.name), "www.example.org");
    std::vector<DnsRecord> many(300, example_address);
    venue.receive(reply_to(venue.sent_bytes, many));
    ASSERT_EQ(venue.out.answers().size(), 1U);
    EXPECT_EQ(parsed(venue.out.bytes(venue.out.answers()[0])).header.counts[1], 300);
    EXPECT_EQ(venue.engine.in_flight(), 0U);
}

TEST(DnsdUpstream, IsAskedByUdpAgainWhenTcpFails) {
    Venue venue;
    venue.ask({.name = "www.example.org"}, from(phone_address, 50000, Transport::Tcp));
    venue.receive(reply_to(venue.sent_bytes, {}, 0x8380));
    venue.out.clear();
    venue.engine.upstream_failed(upstream, Transport::Tcp, venue.sent.id, venue.now, venue.out);
    EXPECT_EQ(venue.text(), "upstream");
}

TEST(DnsdUpstream, TakesACutAnswerThatEndsInTheMiddle) {
    Venue venue;
    venue.ask("www.example.org");
    auto cut = reply_to(venue.sent_bytes, {example_address}, 0x8380);
    cut.resize(cut.size() - 20);
    EXPECT_EQ(venue.receive(cut), "NOERROR tc");
}

TEST(DnsdUpstream, CanBeAbsent) {
    Venue venue;
    venue.engine.set_upstreams({});
    EXPECT_EQ(venue.ask("www.example.org"), "SERVFAIL | ede 23 vivi: no upstream resolver");
    EXPECT_EQ(venue.ask("phone.party.example"), "NOERROR aa | phone.party.example 60 A 10.0.0.100")
        << "local names do not need one";
}

TEST(DnsdUpstream, MayChangeUnderQuestionsInFlight) {
    Venue venue;
    venue.ask("www.example.org");
    venue.engine.set_upstreams(std::vector{other_upstream});
    EXPECT_EQ(venue.pass(400ms), "upstream");
    EXPECT_EQ(venue.sent.to, other_upstream);
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {example_address})), answer_text);
}

TEST(DnsdLimits, RefuseNewQuestionsWhenTheTableIsFull) {
    Venue venue{{.in_flight = 3}};
    for (const auto* name : {"a.example", "b.example", "c.example"}) EXPECT_EQ(venue.ask(name), "upstream");
    EXPECT_EQ(venue.ask("d.example"), "SERVFAIL | ede 0 vivi: too many questions");
    EXPECT_EQ(venue.ask({.name = "c.example", .id = 9}), "silence") << "one that is there already can be joined";
    EXPECT_EQ(venue.engine.counters().overload, 1U);
    EXPECT_THAT(venue.pass(4000ms), testing::Not(testing::HasSubstr("silence")));
}

TEST(DnsdLimits, KeepOneDeviceFromTakingThemAll) {
    Venue venue{{.a_client = 2}};
    EXPECT_EQ(venue.ask("a.example"), "upstream");
    EXPECT_EQ(venue.ask("b.example"), "upstream");
    EXPECT_EQ(venue.ask("c.example"), "REFUSED | ede 0 vivi: too many questions of this device");
    EXPECT_EQ(venue.ask({.name = "c.example"}, from(laptop_address)), "upstream");
    for (const auto* name : {"d.example", "e.example", "f.example"})
        EXPECT_EQ(venue.ask({.name = name}, from(router_address)), "upstream") << "the router has no bound";
    venue.pass(4000ms);
    EXPECT_EQ(venue.ask("g.example"), "upstream") << "what has ended is not counted";
}

TEST(DnsdEvents, CountWhatDevicesAskFor) {
    Venue venue{{.seen_rows = 2}};
    venue.ask("www.example.org");
    venue.ask({.name = "WWW.example.org", .type = type::aaaa});
    venue.ask({.name = "www.example.org"}, from(Ipv4{0x0a0000f0}));
    venue.ask("one-too-many.example");
    venue.ask("phone.party.example");
    venue.ask({.name = "1.2.0.192.in-addr.arpa", .type = type::ptr});
    venue.ask({.name = "hub.example"}, from(router_address));
    venue.now += 10s;
    const auto seen = venue.engine.take_seen(venue.now);
    EXPECT_EQ(seen.tick, 10s);
    EXPECT_EQ(seen.folded, 1U);
    EXPECT_THAT(seen.rows, testing::ElementsAre(model::DomainSeen{phone, "www.example.org", 2},
                                                model::DomainSeen{std::nullopt, "www.example.org", 1}))
        << "neither local names, nor reverse lookups, nor the router's own";
    EXPECT_TRUE(venue.engine.take_seen(venue.now).rows.empty());
}

TEST(DnsdEvents, CountHitsByRule) {
    Venue venue;
    model::Policy policy;
    policy.domains = {deny("casino.example")};
    venue.set_policy(policy);
    for (std::uint16_t id = 1; id <= 3; ++id) venue.ask({.name = "www.casino.example", .id = id});
    venue.ask({.name = "www.casino.example"}, from(laptop_address));
    const auto hits = venue.engine.take_hits(venue.now);
    EXPECT_EQ(hits.by, "dnsd");
    EXPECT_EQ(hits.revision, 1);
    EXPECT_THAT(
        hits.rows,
        testing::ElementsAre(
            model::PolicyHit{phone, "www.casino.example", "", "event_deny", "domain casino.example (deny, everybody)", 3},
            model::PolicyHit{laptop, "www.casino.example", "", "event_deny", "domain casino.example (deny, everybody)", 1}));
}

}  // namespace
}  // namespace vivi::dnsd
