// DNS responses: chains are followed, bounds are kept, and no compression trick makes it loop.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dns.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/common/wire/bytes_of.hpp"
#include "tests/common/wire/dns_messages.hpp"

namespace vivi::wire::dns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

std::vector<std::string> addresses_in(BytesView message) {
    std::vector<std::string> texts;
    const auto response = parse(message);
    if (!response) return {"(refused)"};
    for (const auto& address : response->addresses()) texts.push_back(to_string(address));
    return texts;
}

TEST(Dns, ReadsARecordedAnswer) {
    // dig www.example.org A, answered by unbound: a compressed owner, TTL 300, 192.0.2.80.
    const auto message = bytes_of(
        "1a2b 8180 0001 0001 0000 0000 03777777 076578616d706c65 036f7267 00 0001 0001"
        "c00c 0001 0001 0000012c 0004 c0000250");
    const auto response = parse(message);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->question.text(), "www.example.org");
    EXPECT_EQ(response->ttl, Seconds{300});
    EXPECT_THAT(addresses_in(message), ElementsAre("::ffff:192.0.2.80"));
}

TEST(Dns, NamesTheQuestionNotTheAlias) {
    const auto message = dns_response(
        "shop.example", {cname(question_pointer(), labels("shop.cdn.example"), 500),
                         cname(labels("shop.cdn.example"), labels("e7.edge.example"), 20),
                         a(labels("e7.edge.example"), "192.0.2.7", 60), aaaa(labels("e7.edge.example"), "2001:db8::7", 60)});
    EXPECT_EQ(parse(message)->question.text(), "shop.example");
    EXPECT_EQ(parse(message)->ttl, Seconds{20}) << "the smallest of the chain";
    EXPECT_THAT(addresses_in(message), ElementsAre("::ffff:192.0.2.7", "2001:db8::7"));
}

TEST(Dns, FollowsChainsThatStandInAnyOrder) {
    EXPECT_THAT(addresses_in(dns_response("a.example",
                                          {a(labels("c.example"), "192.0.2.3"), cname(labels("b.example"), labels("c.example")),
                                           cname(question_pointer(), labels("b.example"))})),
                ElementsAre("::ffff:192.0.2.3"));
}

TEST(Dns, LeavesOutWhatIsNotOfTheChain) {
    EXPECT_THAT(
        addresses_in(dns_response("a.example", {a(labels("bank.example"), "192.0.2.66"), a(question_pointer(), "192.0.2.1")})),
        ElementsAre("::ffff:192.0.2.1"));
}

TEST(Dns, ComparesNamesWithoutCase) {
    EXPECT_THAT(addresses_in(dns_response("wWw.ExAmPlE", {a(labels("WwW.eXaMpLe"), "192.0.2.1")})),
                ElementsAre("::ffff:192.0.2.1"));
    EXPECT_EQ(parse(dns_response("wWw.ExAmPlE", {}))->question.text(), "www.example");
}

TEST(Dns, TakesAddressHintsOfServices) {
    // HTTPS, priority 1, target ".", alpn=h3, ipv4hint=192.0.2.1,192.0.2.2, ipv6hint=2001:db8::1 (RFC 9460 appendix D).
    const auto data = bytes_of("0001 00 0001 0003 026833 0004 0008 c0000201c0000202 0006 0010 20010db8000000000000000000000001");
    EXPECT_THAT(addresses_in(dns_response("a.example", {{question_pointer(), 65, 60, data}})),
                ElementsAre("::ffff:192.0.2.1", "::ffff:192.0.2.2", "2001:db8::1"));
    const auto alias = bytes_of("0000 01610000");
    EXPECT_THAT(addresses_in(dns_response("a.example", {{question_pointer(), 65, 60, alias}})), IsEmpty());
}

TEST(Dns, HasNoAddressesInFailures) {
    EXPECT_THAT(addresses_in(dns_response("a.example", {a(question_pointer(), "192.0.2.1")}, 0x8183)), IsEmpty()) << "NXDOMAIN";
    EXPECT_THAT(addresses_in(dns_response("a.example", {})), IsEmpty());
}

TEST(Dns, RefusesWhatIsNoResponse) {
    EXPECT_EQ(parse(dns_response("a.example", {}, 0x0100)).error(), ParseError::Unsupported) << "a query";
    EXPECT_EQ(parse(dns_response("a.example", {}, 0xa800)).error(), ParseError::Unsupported) << "an update";
    auto two_questions = dns_response("a.example", {});
    two_questions[5] = std::byte{2};
    EXPECT_EQ(parse(two_questions).error(), ParseError::Malformed);
}

TEST(Dns, TreatsHugeTtlsAsZero) {
    EXPECT_EQ(parse(dns_response("a.example", {a(question_pointer(), "192.0.2.1", 0x80000000U)}))->ttl, Seconds{0});
}

TEST(Dns, EndsOnCompressionLoops) {
    struct Loop {
        const char* name;
        const char* owner;  ///< At offset 28 of the message.
    };
    for (const auto& loop :
         {Loop{"to itself", "c01c"}, Loop{"forward", "c020"}, Loop{"to a label before it that leads back", "0161c01c"},
          Loop{"beyond the message", "ffff"}, Loop{"reserved label type", "4100"}}) {
        SCOPED_TRACE(loop.name);
        const auto message = dns_response("aa.example", {a(bytes_of(loop.owner), "192.0.2.1")});
        EXPECT_THAT(addresses_in(message), IsEmpty());
    }
    auto question = dns_response("aa.example", {});
    question[12] = std::byte{0xc0};
    question[13] = std::byte{0x0c};
    EXPECT_FALSE(parse(question)) << "the question's name is itself";
}

TEST(Dns, RefusesLongPointerChains) {
    // The data of one record: pointers that each lead to the one before, the first to the question's name.
    const auto answer_through = [](int pointers) {
        Writer chain;
        chain.put(question_pointer());
        constexpr std::uint16_t chain_at = 28 + 12;
        for (int i = 1; i < pointers; ++i) chain.put(pointer(static_cast<std::uint16_t>(chain_at + 2 * (i - 1))));
        const auto last = static_cast<std::uint16_t>(chain_at + 2 * (pointers - 1));
        return dns_response("aa.example", {{question_pointer(), 16, 60, chain.take_bytes()}, a(pointer(last), "192.0.2.1")});
    };
    EXPECT_THAT(addresses_in(answer_through(10)), ElementsAre("::ffff:192.0.2.1"));
    EXPECT_THAT(addresses_in(answer_through(63)), ElementsAre("::ffff:192.0.2.1"));
    EXPECT_THAT(addresses_in(answer_through(64)), IsEmpty());
}

TEST(Dns, EndsOnAliasLoops) {
    EXPECT_THAT(addresses_in(dns_response(
                    "a.example", {cname(question_pointer(), labels("b.example")), cname(labels("b.example"), question_pointer()),
                                  a(labels("c.example"), "192.0.2.1")})),
                IsEmpty());
}

TEST(Dns, KeepsAtMost64Addresses) {
    std::vector<DnsRecord> records;
    for (int i = 0; i < 100; ++i) records.push_back(a(question_pointer(), "192.0.2." + std::to_string(i)));
    EXPECT_EQ(addresses_in(dns_response("a.example", records)).size(), Response::most_addresses);
}

TEST(Dns, ReadsOddNamesEscaped) {
    const auto message = dns_response("we\"ird\n.example", {a(question_pointer(), "192.0.2.1")});
    EXPECT_EQ(parse(message)->question.text(), "we\\034ird\\010.example");
}

TEST(Dns, NeverReadsBehindTheEnd) {
    const auto message =
        dns_response("shop.example", {cname(question_pointer(), labels("e7.edge.example")),
                                      a(labels("e7.edge.example"), "192.0.2.7"),
                                      {labels("e7.edge.example"), 65, 60, bytes_of("0001 00 0004 0004 c0000201")}});
    std::size_t most = 0;
    for (std::size_t size = 0; size <= message.size(); ++size) {
        const auto cut = prefix_of(message, size);
        const auto response = parse(cut);
        if (!response) continue;
        EXPECT_GE(response->addresses().size(), most) << "more bytes, no fewer facts";
        most = response->addresses().size();
    }
    EXPECT_EQ(most, 2U);
}

TEST(Dns, ReadsAWholeMessageInATcpSegment) {
    const auto message = dns_response("a.example", {a(question_pointer(), "192.0.2.1")});
    const auto segment = Writer{}.u16(static_cast<std::uint16_t>(message.size())).put(message).take_bytes();
    ASSERT_TRUE(parse_tcp(segment));
    EXPECT_EQ(parse_tcp(segment)->addresses().size(), 1U);
    EXPECT_EQ(parse_tcp(prefix_of(segment, segment.size() - 1)).error(), ParseError::Truncated);
}

}  // namespace
}  // namespace vivi::wire::dns
