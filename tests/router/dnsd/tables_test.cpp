// The engine's tables, each at its bound and against a naive twin.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "router/dnsd/allowed_names.hpp"
#include "router/dnsd/flight.hpp"
#include "router/dnsd/seen_table.hpp"
#include "router/dnsd/upstream_table.hpp"
#include "tests/router/dnsd/venue.hpp"

namespace vivi::dnsd {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

FlightKey key_of(int number) {
    return {.name = *wire::dns::WireName::from_text("n" + std::to_string(number) + ".example"), .type = type::a};
}

/// Random questions that come, are asked again, joined and answered: the table finds what a map finds, by question, id and
/// deadline.
TEST(DnsdFlightTable, AgreesWithAMap) {
    constexpr std::size_t most = 16, most_waiters = 40;
    struct Twin {
        FlightIndex index;
        Instant deadline;
        std::uint16_t id;
        std::size_t waiters;
    };
    std::mt19937 dice{5};
    const auto roll = [&](unsigned sides) { return dice() % sides; };
    FlightTable table{most, most_waiters};
    std::map<int, Twin> twins;
    std::size_t waiters = 0;
    for (int round = 0; round < 20'000; ++round) {
        const int number = static_cast<int>(roll(24));
        const auto hash = static_cast<std::uint64_t>(number % 5);  // Chains are long.
        const auto found = twins.find(number);
        const auto index = table.find(hash, key_of(number));
        ASSERT_EQ(index != no_index, found != twins.end());
        const auto send = [&](FlightIndex at) {
            auto& flight = table[at];
            flight.endpoint = upstream;
            flight.id = static_cast<std::uint16_t>(roll(3) == 0 ? 7 : 1000 + number);
            flight.slot = static_cast<SlotId>(number);
            flight.deadline = Instant{Milliseconds{roll(1000)}};
            table.send(at);
            twins[number] = {at, flight.deadline, flight.id, flight.waiters};
        };
        if (found == twins.end()) {
            if (table.has_room()) send(table.add(hash, key_of(number)));
        } else if (roll(4) == 0) {
            waiters -= table[index].waiters;
            table.remove(index);
            twins.erase(found);
        } else if (roll(2) == 0) {
            send(index);
        } else if (table.has_waiter_room()) {
            table.wait(index, {.id = static_cast<std::uint16_t>(round)});
            ++waiters;
        }
        ASSERT_EQ(table.size(), twins.size());
        ASSERT_EQ(table.has_waiter_room(), waiters < most_waiters);
        Instant earliest = Instant::max();
        for (const auto& [other, twin] : twins) {
            earliest = std::min(earliest, twin.deadline);
            ASSERT_EQ(table.sent(twin.id, Transport::Udp, static_cast<SlotId>(other), upstream), twin.index);
        }
        ASSERT_EQ(table.earliest() == no_index, twins.empty());
        if (!twins.empty()) ASSERT_EQ(table[table.earliest()].deadline, earliest);
    }
}

TEST(DnsdFlightTable, KeepsTheCaseOfLongNames) {
    std::string text;
    for (int i = 0; i < 3; ++i) text += std::string(30, 'a') + std::string(32, 'B') + ".";
    auto name = *wire::dns::WireName::from_text(text + "eXaMpLe-9");
    const auto before = name;
    const auto bits = case_of(name);
    for (auto& octet : name.octets()) octet = wire::dns::folded(octet);
    EXPECT_FALSE(name.is_same(before));
    apply_case(bits, name);
    EXPECT_TRUE(name.is_same(before));
    apply_case({~0ULL, ~0ULL, ~0ULL, ~0ULL}, name);
    EXPECT_TRUE(name.equals(before)) << "only letters have case";
}

TEST(DnsdAllowedNames, ForgetsWhatWasAnsweredLongestAgo) {
    AllowedNames names{2};
    const auto element = [](std::uint32_t number) { return firewall::Allowed{.view = 1, .address = to_mapped(Ipv4{number})}; };
    EXPECT_TRUE(names.allow(element(1), "a.example", {}));
    EXPECT_TRUE(names.allow(element(2), "b.example", {}));
    EXPECT_FALSE(names.allow(element(1), "a.example", {})) << "younger now";
    EXPECT_TRUE(names.allow(element(3), "c.example", {}));
    EXPECT_EQ(names.size(), 2U);
    const auto gone = names.no_longer_allowed(*OwnedPolicy::make({.mode = model::Mode::AllowListed}));
    EXPECT_THAT(gone, testing::UnorderedElementsAre(element(1), element(3)));
    EXPECT_EQ(names.size(), 0U);
}

TEST(DnsdSeenTable, FoldsWhatHasNoRoomAndStartsAfresh) {
    SeenTable table{3, {1, 2}};
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 10; ++i) table.count(phone, "n" + std::to_string(i % 5) + ".example", 0);
        EXPECT_EQ(table.rows().size(), 3U);
        EXPECT_EQ(table.folded(), 4U);
        EXPECT_EQ(table.rows()[2].count, 2U);
        EXPECT_EQ(table.name(table.rows()[2]), "n2.example");
        table.clear();
    }
    EXPECT_TRUE(table.count(phone, "a.example", 1));
    EXPECT_TRUE(table.count(phone, "a.example", 2)) << "another rule";
    EXPECT_TRUE(table.count(std::nullopt, "a.example", 1)) << "another device";
    EXPECT_FALSE(table.count(phone, "a.example", 1)) << "the same";
}

TEST(DnsdUpstreamTable, WaitsByWhatItHasMeasured) {
    UpstreamTable table;
    EXPECT_EQ(table.choose(0, {}), std::nullopt);
    table.set(std::vector{upstream});
    EXPECT_EQ(table.patience(0, 0), 400ms) << "nothing is known";
    for (int i = 0; i < 20; ++i) table.answered(0, Microseconds{200}, {});
    EXPECT_EQ(table.patience(0, 0), 250ms) << "never less";
    EXPECT_EQ(table.patience(0, 2), 1000ms) << "doubled with each try";
    for (int i = 0; i < 50; ++i) table.answered(0, Milliseconds{i % 2 == 0 ? 300 : 500}, {});
    EXPECT_GT(table.patience(0, 0), 500ms);
    for (int i = 0; i < 50; ++i) table.answered(0, Milliseconds{3000}, {});
    EXPECT_EQ(table.patience(0, 0), 1200ms) << "never more";
}

TEST(DnsdUpstreamTable, DoublesThePenalty) {
    UpstreamTable table;
    table.set(std::vector{upstream, other_upstream});
    Instant now{};
    for (const auto penalty : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16'000ms, 30'000ms, 30'000ms}) {
        table.failed(0, now);
        EXPECT_EQ(table.choose(0, now + penalty - 1ms), 1);
        EXPECT_EQ(table.choose(0, now + penalty), 0) << penalty.count();
        now += penalty;
    }
    table.answered(0, std::nullopt, now);
    table.failed(0, now);
    EXPECT_EQ(table.choose(0, now + 500ms), 0) << "an answer forgives";
}

TEST(DnsdUpstreamTable, CountsOneSilenceOnce) {
    UpstreamTable table;
    table.set(std::vector{upstream, other_upstream});
    const Instant asked{1s};
    for (int i = 0; i < 100; ++i) table.timed_out(0, asked, asked + 400ms);
    EXPECT_EQ(table.health(asked + 400ms)[0].failures, 1U) << "a hundred questions were asked before anybody knew";
}

}  // namespace
}  // namespace vivi::dnsd
