// When dnsd counts as gone, when as back, and what is an answer.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/dns_watch.hpp"

#include <gmock/gmock.h>

namespace vivi::bridged {
namespace {

using State = DnsWatch::State;
constexpr Instant start{};

TEST(BridgedDnsWatch, TwoSecondsOfSilenceAreTheEnd) {
    DnsWatch watch{start};
    EXPECT_EQ(watch.answered(start + 500ms), std::nullopt);
    EXPECT_EQ(watch.silent(start + 1000ms), std::nullopt);
    EXPECT_EQ(watch.silent(start + 2499ms), std::nullopt);
    EXPECT_EQ(watch.silent(start + 2500ms), State::Gone);
    EXPECT_EQ(watch.silent(start + 3000ms), std::nullopt) << "said once";
}

TEST(BridgedDnsWatch, OneThatNeverAnsweredIsGoneToo) {
    DnsWatch watch{start};
    EXPECT_EQ(watch.silent(start + 2s), State::Gone);
}

TEST(BridgedDnsWatch, OneLostProbeIsNothing) {
    DnsWatch watch{start};
    for (int probe = 1; probe < 20; ++probe) {
        const auto at = start + probe * DnsWatch::probe_every;
        EXPECT_EQ(probe % 3 == 0 ? watch.answered(at) : watch.silent(at), std::nullopt);
    }
}

TEST(BridgedDnsWatch, ItIsBackWithTheSecondAnswerInARow) {
    DnsWatch watch{start};
    watch.silent(start + 2s);
    EXPECT_EQ(watch.answered(start + 3s), std::nullopt);
    EXPECT_EQ(watch.silent(start + 3500ms), std::nullopt);
    EXPECT_EQ(watch.answered(start + 4s), std::nullopt) << "not in a row";
    EXPECT_EQ(watch.answered(start + 4500ms), State::Serving);
    EXPECT_EQ(watch.silent(start + 6s), std::nullopt) << "and has two seconds again";
    EXPECT_EQ(watch.silent(start + 6500ms), State::Gone);
}

/// What a resolver makes of a question: the same with the response bit and another code.
Bytes answered(Bytes question, std::uint8_t code) {
    question[2] = std::byte{0x81};
    question[3] = std::byte{code};
    return question;
}

TEST(BridgedDnsWatch, TheProbeIsOneQuestion) {
    const auto probe = dns_probe(0xbeef);
    constexpr std::string_view expected{
        "\xbe\xef\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
        "\x05"
        "alive"
        "\x04"
        "vivi"
        "\x07"
        "invalid"
        "\x00\x00\x01\x00\x01",
        36};
    EXPECT_EQ(as_text(probe), expected);
}

TEST(BridgedDnsWatch, AnyCodeIsAnAnswerAndNothingElseIs) {
    const auto probe = dns_probe(7);
    EXPECT_TRUE(is_answer_to_probe(answered(probe, 3), 7)) << "NXDOMAIN";
    EXPECT_TRUE(is_answer_to_probe(answered(probe, 2), 7)) << "SERVFAIL: alive";
    EXPECT_FALSE(is_answer_to_probe(answered(probe, 3), 8)) << "another probe's";
    EXPECT_FALSE(is_answer_to_probe(probe, 7)) << "the question itself";
    auto another = answered(probe, 0);
    another[14] = std::byte{'x'};
    EXPECT_FALSE(is_answer_to_probe(another, 7)) << "another name";
    EXPECT_FALSE(is_answer_to_probe(BytesView{answered(probe, 0)}.first(20), 7)) << "cut short";
    EXPECT_FALSE(is_answer_to_probe({}, 0));
}

}  // namespace
}  // namespace vivi::bridged
