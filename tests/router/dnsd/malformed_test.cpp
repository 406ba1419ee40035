// Strangers' messages: every one is answered as the RFCs say, or with silence, and nothing else happens.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/common/wire/bytes_of.hpp"
#include "tests/router/dnsd/venue.hpp"

namespace vivi::dnsd {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

// A query for a.example A IN with RD; header, then the question.
const std::string header = "1234 0100 0001 0000 0000 0000", question = "0161 076578616d706c65 00 0001 0001";

TEST(DnsdMalformed, QueriesAreAnsweredByTheRfcs) {
    struct Case {
        const char* name;
        std::string hex;
        const char* expected;
    };
    const std::string with_opt = "1234 0100 0001 0000 0000 0001 " + question;
    for (const auto& [name, hex, expected] : {
             Case{"a good one", header + question, "upstream"},
             Case{"nothing", "", "silence"},
             Case{"no whole header", "1234 0100 0001 0000 0000 00", "silence"},
             Case{"a response", "1234 8100 0001 0000 0000 0000" + question, "silence"},
             Case{"a response to nothing", "1234 8183 0000 0000 0000 0000", "silence"},
             Case{"status", "1234 1000 0001 0000 0000 0000" + question, "NOTIMP (header)"},
             Case{"notify", "1234 2000 0001 0000 0000 0000" + question, "NOTIMP (header)"},
             Case{"update", "1234 2800 0001 0000 0000 0000" + question, "NOTIMP (header)"},
             Case{"no question (RFC 9619)", "1234 0100 0000 0000 0000 0000", "FORMERR (header)"},
             Case{"two questions (RFC 9619)", "1234 0100 0002 0000 0000 0000" + question + question, "FORMERR (header)"},
             Case{"65,535 questions", "1234 0100 ffff 0000 0000 0000" + question, "FORMERR (header)"},
             Case{"a question that is not there", header, "FORMERR (header)"},
             Case{"records that are not there", "1234 0100 0001 ffff ffff ffff" + question, "FORMERR (header)"},
             Case{"an answer in a query", "1234 0100 0001 0001 0000 0000" + question + "c00c 0001 0001 0000003c 0004 c0000201",
                  "FORMERR (header)"},
             Case{"trailing garbage is left out", header + question + "deadbeef", "upstream"},
             Case{"its name is itself", header + "c00c 0001 0001", "FORMERR (header)"},
             Case{"a pointer forward", header + "c010 0001 0001 00", "FORMERR (header)"},
             Case{"a pointer into the header", header + "c004 0001 0001", "upstream"},
             Case{"a reserved label type", header + "4161 00 0001 0001", "FORMERR (header)"},
             Case{"a label beyond the end", header + "3f61", "FORMERR (header)"},
             Case{"class CH, version.bind", header + "0776657273696f6e 0462696e64 00 0010 0003", "REFUSED"},
             Case{"class ANY", header + "0161 076578616d706c65 00 0001 00ff", "REFUSED"},
             Case{"a transfer", header + "0161 076578616d706c65 00 00fc 0001", "REFUSED"},
             Case{"type OPT", header + "0161 076578616d706c65 00 0029 0001", "REFUSED"},
             Case{"type 0", header + "0161 076578616d706c65 00 0000 0001", "REFUSED"},
             Case{"a name of octets that no host has",
                  header + "3c" + std::string(120, '0') + "3c" + std::string(120, '0') + "00 0001 0001", "REFUSED"},
             Case{"EDNS version 1", with_opt + "00 0029 04d0 00010000 0000", "RCODE16"},
             Case{"two OPT",
                  "1234 0100 0001 0000 0000 0002 " + question + "00 0029 04d0 00000000 0000 00 0029 04d0 00000000 0000",
                  "FORMERR (header)"},
             Case{"OPT not at the root", with_opt + "0161 00 0029 04d0 00000000 0000", "FORMERR (header)"},
             Case{"an option that does not fit", with_opt + "00 0029 04d0 00000000 0006 000a 0008 0102", "FORMERR (header)"},
             Case{"OPT in the wrong section", "1234 0100 0001 0001 0000 0000 " + question + "00 0029 04d0 00000000 0000",
                  "FORMERR (header)"},
         }) {
        Venue venue;
        venue.send(bytes_of(hex), from(phone_address));
        EXPECT_EQ(venue.text(), expected) << name;
    }
}

TEST(DnsdMalformed, AnswersRepeatTheIdAndTheFlagsOfTheQuery) {
    Venue venue;
    venue.send(bytes_of("beef 2910 0001 0000 0000 0000" + question), from(phone_address));
    EXPECT_TRUE(std::ranges::equal(venue.out.bytes(venue.out.answers()[0]), bytes_of("beef a994 0000 0000 0000 0000")))
        << "QR, opcode, RD, RA, CD, NOTIMP";
}

TEST(DnsdMalformed, QueriesCutAtEachByteAreNeverForwarded) {
    const auto whole = query({.name = "www.example.org", .options = bytes_of("000a 0008 0102030405060708")});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        Venue venue;
        venue.send(prefix_of(whole, size), from(phone_address));
        EXPECT_EQ(venue.text(), size < 12 ? "silence" : "FORMERR (header)") << size;
    }
}

TEST(DnsdMalformed, NamesMayBe255OctetsAndNotMore) {
    const std::string label63(63, 'a');
    Venue venue;
    EXPECT_EQ(venue.ask(label63 + "." + label63 + "." + label63 + "." + std::string(61, 'b')), "upstream") << "255";
    EXPECT_EQ(venue.ask(label63 + "." + label63 + "." + label63 + "." + std::string(62, 'b')), "FORMERR (header)") << "256";
    EXPECT_EQ(venue.ask(std::string(64, 'a') + ".example"), "FORMERR (header)") << "a label of 64 is no label";
}

TEST(DnsdMalformed, UpstreamAnswersCutAtEachByteAreDropped) {
    const std::vector<DnsRecord> records{cname(question_pointer(), labels("b.example")),
                                         a(labels("b.example"), "192.0.2.1"),
                                         {labels("b.example"), type::https, 60, bytes_of("0001 00 0001 0003 026832")}};
    Venue venue;
    venue.ask("www.example.org");
    const auto whole = reply_to(venue.sent_bytes, records);
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(venue.receive(prefix_of(whole, size)), "silence") << size;
    EXPECT_EQ(venue.engine.counters().wrong, whole.size());
    EXPECT_THAT(venue.receive(whole), testing::HasSubstr("NOERROR"));
}

TEST(DnsdMalformed, UpstreamAnswersWithLoopsAreDropped) {
    for (const auto* owner : {"c028", "c02a", "ffff", "4100", "0161c028"}) {
        Venue venue;
        venue.ask("www.example.org");
        EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {a(bytes_of(owner), "192.0.2.1")})), "silence") << owner;
    }
}

TEST(DnsdMalformed, UpstreamAnswersWithSeveralQuestionsAreDropped) {
    Venue venue;
    venue.ask("www.example.org");
    for (const int count : {0, 2, 255}) {
        auto answer = reply_to(venue.sent_bytes, {a(question_pointer(), "192.0.2.1")});
        answer[5] = static_cast<std::byte>(count);
        EXPECT_EQ(venue.receive(answer), "silence") << count;
    }
}

TEST(DnsdMalformed, GarbageBehindAnUpstreamAnswerIsNotPassedOn) {
    Venue venue;
    venue.ask({.name = "a.example", .payload = -1});
    auto answer = reply_to(venue.sent_bytes, {a(question_pointer(), "192.0.2.1")});
    answer.insert(answer.end(), 100, std::byte{0x42});
    EXPECT_EQ(venue.receive(answer), "NOERROR | a.example 60 A 192.0.2.1");
    EXPECT_EQ(venue.out.answers()[0].size, 12U + 11 + 4 + 16);
}

TEST(DnsdMalformed, AnUpstreamAnswerOf65535BytesIsReadOrDropped) {
    Venue venue;
    venue.ask({.name = "a.example"}, from(phone_address, 1, Transport::Tcp));
    venue.receive(reply_to(venue.sent_bytes, {}, 0x8380));
    std::vector<DnsRecord> many(1000, a(question_pointer(), "192.0.2.1"));
    EXPECT_THAT(venue.receive(reply_to(venue.sent_bytes, many)), testing::HasSubstr("NOERROR"));
    venue.ask({.name = "b.example"}, from(phone_address, 1, Transport::Tcp));
    venue.receive(reply_to(venue.sent_bytes, {}, 0x8380));
    many.resize(4000, a(question_pointer(), "192.0.2.1"));
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, many)), "silence") << "more records than are read";
}

}  // namespace
}  // namespace vivi::dnsd
