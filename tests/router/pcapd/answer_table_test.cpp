// What devices were told: bounded for each device and in all, the newest answer wins.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/answer_table.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/wire/ipv6.hpp"

namespace vivi::pcapd {
namespace {

constexpr HashKey key{3, 4};

Mac device(int number) { return {{0x02, 0, 0, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}}; }
Ipv6 address(int number) { return wire::ipv6::mapped(Ipv4{0xc0000200U + static_cast<std::uint32_t>(number)}); }

wire::dns::Response response(const std::string& name, const Ipv6& at, Seconds ttl = 60s) {
    wire::dns::Response made;
    EXPECT_TRUE(wire::assign_host_name(made.question, as_bytes(name)));
    EXPECT_TRUE(made.add(at, ttl));
    return made;
}

struct Answers : testing::Test {
    std::string_view told(const AnswerTable& table, int who, int where) const {
        return names.text(table.find(device(who), address(where), now));
    }

    NameTable names{100, key};
    Instant now{};
};

TEST_F(Answers, TheNewestWins) {
    AnswerTable table{{}, names, key};
    table.learn(device(1), response("old.example", address(1)), now);
    table.learn(device(1), response("new.example", address(1)), now);
    EXPECT_EQ(told(table, 1, 1), "new.example");
    EXPECT_EQ(table.size(), 1U);
}

TEST_F(Answers, TheOneBeforeIsRememberedToo) {
    AnswerTable table{{}, names, key};
    const auto was_told = [&](const std::string& name) { return table.was_told(device(1), response(name, {}).question, now); };
    EXPECT_FALSE(was_told("one.example"));
    for (const auto* name : {"one.example", "two.example", "two.example", "three.example"})
        table.learn(device(1), response(name, address(1)), now);
    table.learn(device(2), response("other.example", address(1)), now);
    EXPECT_TRUE(was_told("three.example"));
    EXPECT_TRUE(was_told("two.example"));
    EXPECT_FALSE(was_told("one.example")) << "two of an address";
    EXPECT_FALSE(was_told("other.example")) << "another device was";
    for (int i = 0; i < 64; ++i) table.learn(device(1), response("many.example", address(100 + i)), now);
    EXPECT_FALSE(was_told("three.example")) << "64 addresses are looked through";
    now += 60s + AnswerLimits{}.grace + 1s;
    EXPECT_FALSE(was_told("many.example"));
    table.expire(now);
    EXPECT_EQ(names.size(), 0U) << "every name is given back";
}

TEST_F(Answers, ADeviceOverItsBoundLosesItsOldest) {
    AnswerTable table{{.answers = 10, .answers_of_a_device = 2, .devices = 10}, names, key};
    table.learn(device(2), response("other.example", address(9)), now);
    table.learn(device(1), response("one.example", address(1)), now);
    table.learn(device(1), response("two.example", address(2)), now);
    table.learn(device(1), response("one.example", address(1)), now);  // Heard again: now "two" is the oldest.
    table.learn(device(1), response("three.example", address(3)), now);
    EXPECT_EQ(told(table, 1, 1), "one.example");
    EXPECT_EQ(told(table, 1, 2), "");
    EXPECT_EQ(told(table, 1, 3), "three.example");
    EXPECT_EQ(told(table, 2, 9), "other.example");
}

TEST_F(Answers, AFullTableLosesTheOldestOfAll) {
    AnswerTable table{{.answers = 3, .answers_of_a_device = 3, .devices = 10}, names, key};
    for (int i = 0; i < 4; ++i) table.learn(device(i), response("n.example", address(i)), now);
    EXPECT_EQ(table.size(), 3U);
    EXPECT_EQ(told(table, 0, 0), "");
    EXPECT_EQ(told(table, 3, 3), "n.example");
}

TEST_F(Answers, TooManyDevicesForgetTheOneSilentLongest) {
    AnswerTable table{{.answers = 10, .answers_of_a_device = 5, .devices = 2}, names, key};
    table.learn(device(1), response("a.example", address(1)), now);
    table.learn(device(1), response("b.example", address(2)), now);
    table.learn(device(2), response("c.example", address(3)), now);
    table.learn(device(3), response("d.example", address(4)), now);
    EXPECT_EQ(told(table, 1, 1), "");
    EXPECT_EQ(told(table, 1, 2), "");
    EXPECT_EQ(told(table, 2, 3), "c.example");
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(names.size(), 2U);
}

TEST_F(Answers, ABoundOfOneWorks) {
    AnswerTable table{{.answers = 1, .answers_of_a_device = 1, .devices = 1}, names, key};
    for (int i = 0; i < 5; ++i) table.learn(device(i / 2), response("n" + std::to_string(i) + ".example", address(i)), now);
    EXPECT_EQ(told(table, 2, 4), "n4.example");
    EXPECT_EQ(names.size(), 1U);
}

TEST_F(Answers, ExpireWithTheirTtl) {
    AnswerTable table{{.grace = 10s, .most_ttl = 100s}, names, key};
    table.learn(device(1), response("short.example", address(1), 5s), now);
    table.learn(device(1), response("long.example", address(2), 1'000'000s), now);
    now += 16s;
    table.expire(now);
    EXPECT_EQ(table.size(), 1U);
    now += 95s;
    EXPECT_EQ(told(table, 1, 2), "") << "no answer is believed longer than most_ttl";
    table.expire(now);
    EXPECT_EQ(names.size(), 0U);
}

TEST_F(Answers, WithoutRoomForTheNameNothingIsLearned) {
    NameTable one_name{1, key};
    AnswerTable table{{}, one_name, key};
    table.learn(device(1), response("first.example", address(1)), now);
    table.learn(device(1), response("second.example", address(2)), now);
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(one_name.refused(), 1U);
}

}  // namespace
}  // namespace vivi::pcapd
