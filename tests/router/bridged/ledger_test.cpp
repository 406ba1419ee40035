// The ledger of producers: each event once, in whatever order it comes, and what is missing by name.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/ledger.hpp"

#include <gmock/gmock.h>

#include <numeric>
#include <random>
#include <set>

namespace vivi::bridged {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const Instant start{};

bool note(Ledger& ledger, std::uint64_t number, Instant now = start) {
    return ledger.note({.instance = "p", .number = number}, "traffic.batch", number, now);
}

TEST(BridgedLedger, AnEventIsNewOnce) {
    Ledger ledger;
    EXPECT_TRUE(note(ledger, 1));
    EXPECT_TRUE(note(ledger, 2));
    EXPECT_FALSE(note(ledger, 2));
    EXPECT_FALSE(note(ledger, 1));
    EXPECT_TRUE(ledger.note({.instance = "another", .number = 1}, "t", 3, start));
}

TEST(BridgedLedger, AMissingNumberMayStillCome) {
    Ledger ledger;
    note(ledger, 1);
    note(ledger, 5);
    EXPECT_TRUE(note(ledger, 3));
    EXPECT_FALSE(note(ledger, 3));
    EXPECT_TRUE(note(ledger, 2));
    EXPECT_TRUE(note(ledger, 4));
    EXPECT_THAT(ledger.take_gaps(start + 1h, 5s), IsEmpty());
}

TEST(BridgedLedger, AGapIsReportedOnceAndNotBeforeItsTime) {
    Ledger ledger;
    note(ledger, 1);
    note(ledger, 5, start + 1s);
    EXPECT_THAT(ledger.take_gaps(start + 5s, 5s), IsEmpty());
    EXPECT_THAT(ledger.take_gaps(start + 6s, 5s),
                ElementsAre(Gap{.instance = "p", .from = 2, .to = 4, .topic = "traffic.batch"}));
    EXPECT_THAT(ledger.take_gaps(start + 60s, 5s), IsEmpty());
    EXPECT_TRUE(note(ledger, 3)) << "late, but welcome";
}

TEST(BridgedLedger, ChangesAreTheTextOfWhatChanged) {
    Ledger ledger;
    note(ledger, 1);
    ledger.note({.instance = "q", .number = 2}, "t", 9, start);
    EXPECT_THAT(ledger.take_changes(), ElementsAre(Pair("p", "1@1"), Pair("q", "2@9 1-1")));
    EXPECT_THAT(ledger.take_changes(), IsEmpty());
    ledger.take_gaps(start + 5s, 5s);
    EXPECT_THAT(ledger.take_changes(), ElementsAre(Pair("q", "2@9 1-1!")));
}

TEST(BridgedLedger, IsTheSameAfterARestart) {
    Ledger before;
    for (const std::uint64_t number : {1ULL, 4ULL, 9ULL}) note(before, number);
    before.take_gaps(start + 5s, 5s);
    auto after = Ledger::parse(before.take_changes(), start);
    EXPECT_FALSE(note(after, 4));
    EXPECT_TRUE(note(after, 7));
    EXPECT_THAT(after.take_gaps(start + 1h, 5s), IsEmpty()) << "they were reported before the restart";
}

TEST(BridgedLedger, DamagedTextsAreUnknownProducers) {
    auto ledger = Ledger::parse({{"a", ""}, {"b", "x@1"}, {"c", "5"}, {"d", "5@1 9-2 x-y 3-3"}}, start);
    EXPECT_EQ(ledger.size(), 1U);
    EXPECT_TRUE(ledger.note({.instance = "d", .number = 3}, "t", 1, start));
    EXPECT_FALSE(ledger.note({.instance = "d", .number = 4}, "t", 1, start));
}

TEST(BridgedLedger, ForgetsTheProducerThatWasSilentLongest) {
    Ledger ledger;
    for (std::uint64_t i = 0; i <= Ledger::most_producers; ++i)
        ledger.note({.instance = std::to_string(i), .number = 1}, "t", i + 1, start);
    EXPECT_EQ(ledger.size(), Ledger::most_producers);
    EXPECT_THAT(ledger.take_changes(), testing::Contains(Pair("0", "")));
}

TEST(BridgedLedger, AnyOrderWithCopiesGivesEachNumberOnce) {
    constexpr std::uint64_t total = 40;
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
        std::mt19937 random{seed};
        std::vector<std::uint64_t> coming(total);
        std::iota(coming.begin(), coming.end(), 1);
        coming.insert(coming.end(), coming.begin(), coming.end());
        std::ranges::shuffle(coming, random);
        Ledger ledger;
        std::vector<std::pair<std::string, std::string>> stored;
        std::set<std::uint64_t> appended;
        for (const auto number : coming) {
            if (note(ledger, number)) {
                EXPECT_TRUE(appended.insert(number).second) << "seed " << seed << " number " << number;
                stored = ledger.take_changes();
            }
            if (random() % 8 == 0 && !stored.empty()) ledger = Ledger::parse(stored, start);
        }
        EXPECT_EQ(appended.size(), total) << "seed " << seed;
    }
}

}  // namespace
}  // namespace vivi::bridged
