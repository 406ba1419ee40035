// The simulated event keeps its promises: the same for the same seed, its numbers by phase, its pools, its incidents.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/event/event.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "common/model/lease.hpp"
#include "router/dhcpd/text.hpp"

namespace vivi::sim::event {
namespace {

namespace topic = model::topic;
using testing::AllOf;
using testing::Ge;
using testing::Le;

constexpr WallTime began = from_unix_ms(1'780'000'000'000);
constexpr std::array places{Place::MainHall, Place::Foyer, Place::Workshops};

Setting setting(Place place, int devices = 1'500, std::uint32_t seed = 1) {
    return {.place = place, .devices = devices, .seed = seed, .timetable = {.began = began, .live = began + Minutes{360}}};
}

/// Whether traffic is asked for too, which takes most of the time.
enum class Traffic : std::uint8_t { Ignored, Counted };

/// A place played minute by minute, and all that its router told.
struct Played {
    explicit Played(const Setting& of) : event{of} {}

    void until(Minutes end, Traffic traffic = Traffic::Ignored) {
        for (; at < began + end; at += Minutes{1}) {
            auto told = event.happenings(at, at + Minutes{1});
            std::ranges::move(told, std::back_inserter(happenings));
            if (traffic == Traffic::Counted)
                batches[std::chrono::floor<Minutes>(at - began)] = event.traffic(at, at + Minutes{1});
        }
    }
    std::size_t count(std::string_view what) const {
        return static_cast<std::size_t>(std::ranges::count(happenings, what, &Happening::topic));
    }

    Event event;
    WallTime at = began;
    std::vector<Happening> happenings{};
    std::map<Minutes, model::TrafficBatch> batches{};  ///< By the minute in which they begin.
};

std::string text_of(const Played& played) {
    std::string text;
    for (const auto& each : played.happenings)
        text += std::string{each.topic} + each.members.dump() + std::to_string(to_unix_ms(each.at)) + '\n';
    for (const auto& [at, batch] : played.batches) text += model::to_json(batch).dump() + '\n';
    return text;
}

std::uint64_t down(const Played& played, Minutes from, Minutes until) {
    std::uint64_t bytes = 0;
    for (auto minute = from; minute < until; ++minute)
        for (const auto& row : played.batches.at(minute).rows) bytes += row.bytes_down;
    return bytes;
}

TEST(SimEvent, TheSameSeedTellsTheSameAndAnotherOneSomethingElse) {
    Played one{setting(Place::Foyer)}, again{setting(Place::Foyer)}, other{setting(Place::Foyer, 1'500, 2)};
    for (auto* each : {&one, &again, &other}) {
        each->until(Minutes{170});
        each->until(Minutes{180}, Traffic::Counted);
    }
    EXPECT_GT(text_of(one).size(), 100'000U);
    EXPECT_EQ(text_of(one), text_of(again));
    EXPECT_NE(text_of(one), text_of(other));
}

TEST(SimEvent, AllPlacesTogetherHaveAsManyDevicesAsWereAskedForAndNoMacTwice) {
    for (const int devices : {100, 1'500, 4'000}) {
        std::set<Mac> macs;
        std::size_t early = 0, all = 0;
        for (const auto place : places) {
            const auto cast = cast_of(place, devices, 1);
            all += cast.size();
            early += static_cast<std::size_t>(devices_at(place, devices));
            for (const auto& device : cast) macs.insert(device.mac);
        }
        EXPECT_EQ(early, static_cast<std::size_t>(devices));
        EXPECT_EQ(macs.size(), all);
        for (const auto mac : macs) EXPECT_FALSE(mac.is_group()) << to_string(mac);
    }
}

TEST(SimEvent, EverybodyWhoIsExpectedByTheEndOfLunchHasHadAnAddressByThen) {
    std::set<std::string> seen;
    for (const auto place : places) {
        Played played{setting(place)};
        played.until(Minutes{360});
        for (const auto& each : played.happenings)
            if (each.topic == topic::lease_granted) seen.insert(each.members["lease"]["device"].get<std::string>());
    }
    EXPECT_EQ(seen.size(), 1'500U);
}

TEST(SimEvent, PeopleComeAndGoWithThePhases) {
    Played played{setting(Place::MainHall)};
    std::map<Phase, std::size_t> middle;
    for (const auto& span : programme) {
        played.until((span.from + span.until) / 2);
        middle[span.phase] = played.event.connected();
    }
    EXPECT_THAT(middle[Phase::SetUp], AllOf(Ge(30U), Le(120U))) << "the staff's gear";
    EXPECT_GT(middle[Phase::DoorsOpen], middle[Phase::SetUp] * 3);
    EXPECT_GT(middle[Phase::MorningTalks], middle[Phase::DoorsOpen]);
    EXPECT_LT(middle[Phase::Lunch], middle[Phase::MorningTalks]) << "a third is out for lunch";
    EXPECT_GT(middle[Phase::AfternoonTalks], 900U);
    EXPECT_LT(middle[Phase::Evening], middle[Phase::AfternoonTalks]);
    EXPECT_LT(middle[Phase::Closing], middle[Phase::Evening]);
    played.until(Minutes{781});
    EXPECT_EQ(played.event.connected(), 0U);
}

TEST(SimEvent, NoAddressIsTwoDevicesAndNoPoolIsOverdrawn) {
    for (const auto place : places) {
        Played played{setting(place)};
        played.until(Minutes{900});
        std::map<std::string, std::string> holders;
        std::size_t most = 0;
        for (const auto& each : played.happenings) {
            if (!each.topic.starts_with("dhcp.lease.")) continue;
            const auto lease = model::parse_lease(each.members["lease"]);
            ASSERT_TRUE(lease);
            const auto address = to_string(lease->address), device = to_string(lease->device);
            if (each.topic == topic::lease_granted) {
                EXPECT_FALSE(holders.contains(address)) << address << " is " << holders[address] << "'s and given to " << device;
                holders[address] = device;
            } else {
                EXPECT_EQ(holders[address], device) << each.topic;
                if (each.topic != topic::lease_renewed) holders.erase(address);
            }
            most = std::max(most, holders.size());
        }
        EXPECT_LE(most, played.event.pool().size());
        EXPECT_GT(most, 100U);
        EXPECT_TRUE(holders.empty()) << "everybody's lease ends after the end";
    }
}

TEST(SimEvent, LeasesAreRenewedByThoseWhoStay) {
    Played played{setting(Place::MainHall)};
    played.until(Minutes{420});
    EXPECT_GT(played.count(topic::lease_renewed), played.count(topic::lease_granted));
    EXPECT_GT(played.count(topic::lease_released), 0U);
    EXPECT_GT(played.count(topic::lease_expired), 0U);
}

TEST(SimEvent, NineTenthsOfTheWorkshopsPoolAreLeasedAfterLunch) {
    Played played{setting(Place::Workshops)};
    played.until(Minutes{365});
    const auto& pool = played.event.pool();
    EXPECT_GE(pool.count(dhcpd::Binding::State::Leased) * 10, pool.size() * 9)
        << pool.count(dhcpd::Binding::State::Leased) << " of " << pool.size();
    EXPECT_EQ(played.count(topic::dhcp_pool), 1U) << "said once, above four fifths";
}

TEST(SimEvent, HostileNamesComeAsTheRouterCleansThem) {
    Played played{setting(Place::MainHall)};
    played.until(Minutes{360});
    std::set<std::string> names, classes;
    for (const auto& each : played.happenings) {
        if (each.topic != topic::lease_granted) continue;
        names.insert(each.members["lease"]["hostname"].get<std::string>());
        classes.insert(each.members["lease"]["vendor_class"].get<std::string>());
    }
    for (const auto& name : names) EXPECT_EQ(name, dhcpd::clean_hostname(name));
    EXPECT_TRUE(names.contains("scriptalert1script"));
    EXPECT_TRUE(classes.contains("<script>alert('vivi')</script>")) << "printable, and so it goes through: pages must bear it";
    EXPECT_TRUE(classes.contains("=cmd|'/C calc'!A0"));
}

TEST(SimEvent, AnOutageIsAHoleInTheTraffic) {
    Played played{setting(Place::MainHall)};
    played.until(Minutes{180});
    played.until(Minutes{200}, Traffic::Counted);
    const auto before = down(played, Minutes{180}, Minutes{186}), during = down(played, Minutes{190}, Minutes{196});
    EXPECT_GT(before, 100'000'000U);
    EXPECT_LT(during, before / 1'000);
    EXPECT_FALSE(played.event.hears_names(began + Minutes{192}));
    EXPECT_TRUE(played.event.hears_names(began + Minutes{200}));
}

TEST(SimEvent, OneDeviceFloods) {
    Played played{setting(Place::MainHall)};
    played.until(Minutes{331});
    played.until(Minutes{345}, Traffic::Counted);
    std::map<Mac, std::uint64_t> bytes;
    std::uint64_t all = 0;
    for (const auto& [minute, batch] : played.batches) {
        for (const auto& row : batch.rows) {
            bytes[row.device] += row.bytes_down;
            all += row.bytes_down;
        }
    }
    const auto most = std::ranges::max_element(bytes, {}, [](const auto& each) { return each.second; });
    EXPECT_GT(most->second * 4, all) << "more than a quarter of everything";
}

TEST(SimEvent, IncidentsAreToldAsTheRoutersDaemonsTellThem) {
    Played foyer{setting(Place::Foyer)}, hall{setting(Place::MainHall)}, workshops{setting(Place::Workshops)};
    foyer.until(Minutes{370});
    EXPECT_EQ(foyer.count(topic::dhcp_rogue), 25U) << "once a minute while it lasts";
    EXPECT_EQ(foyer.count(topic::dhcp_conflict), 1U);
    hall.until(Minutes{260});
    EXPECT_EQ(hall.count("health.dns"), 2U) << "gone, and back";
    workshops.until(Minutes{360});
    EXPECT_EQ(workshops.count("network.foreign_ra"), 1U);
}

TEST(SimEvent, SomePhonesReturnUnderAnotherMac) {
    const auto cast = cast_of(Place::MainHall, 1'500, 1);
    const auto expected = static_cast<std::size_t>(devices_at(Place::MainHall, 1'500));
    std::size_t returned = 0;
    for (std::size_t i = expected; i < cast.size(); ++i) {
        EXPECT_GE(cast[i].stays.front().from, Minutes{360});
        for (std::size_t j = 0; j < expected; ++j) {
            const bool is_the_same =
                !cast[i].hostname.empty() && cast[i].hostname == cast[j].hostname && cast[i].favourites == cast[j].favourites;
            if (!is_the_same) continue;
            EXPECT_LT(cast[j].stays.back().until, Minutes{331});
            ++returned;
        }
    }
    EXPECT_GE(returned, 5U);
}

TEST(SimEvent, WhoIsBannedFallsSilentAndGetsNoAddress) {
    Played played{setting(Place::Foyer)};
    played.until(Minutes{199});
    played.until(Minutes{200}, Traffic::Counted);
    std::set<Mac> banned;
    for (const auto& row : played.batches.at(Minutes{199}).rows) banned.insert(row.device);
    ASSERT_GT(banned.size(), 20U);
    played.event.ban(banned);
    const auto told = played.happenings.size();
    played.until(Minutes{320}, Traffic::Counted);
    for (auto minute = Minutes{200}; minute < Minutes{320}; ++minute)
        for (const auto& row : played.batches.at(minute).rows) EXPECT_FALSE(banned.contains(row.device));
    for (std::size_t i = told; i < played.happenings.size(); ++i) {
        if (played.happenings[i].topic != topic::lease_granted) continue;
        EXPECT_FALSE(banned.contains(*parse_mac(played.happenings[i].members["lease"]["device"].get<std::string>())));
    }
}

TEST(SimEvent, WhatIsWatchedCostsNoMoreThanTwoCoresBear) {
    Played played{setting(Place::MainHall)};
    played.until(Minutes{380});
    std::size_t rows = 0;
    for (int i = 0; i < 40; ++i, played.at += 250ms) {
        static_cast<void>(played.event.happenings(played.at, played.at + 250ms));
        rows += played.event.traffic(played.at, played.at + 250ms).rows.size();
    }
    EXPECT_THAT(rows, AllOf(Ge(500U), Le(4'000U))) << "in ten seconds: 50 to 400 changes a second, of three places 500 at most";
}

TEST(SimEvent, WhatAPlaceReceivesDoesNotDependOnHowOftenItIsAsked) {
    Played coarse{setting(Place::Foyer)}, fine{setting(Place::Foyer)};
    for (auto* each : {&coarse, &fine}) each->until(Minutes{150});
    coarse.until(Minutes{170}, Traffic::Counted);
    std::uint64_t bytes = 0;
    for (; fine.at < began + Minutes{170}; fine.at += 1s) {
        static_cast<void>(fine.event.happenings(fine.at, fine.at + 1s));
        for (const auto& row : fine.event.traffic(fine.at, fine.at + 1s).rows) bytes += row.bytes_down;
    }
    const auto minutes = down(coarse, Minutes{150}, Minutes{170});
    EXPECT_THAT(static_cast<double>(bytes) / static_cast<double>(minutes), AllOf(Ge(0.8), Le(1.25)));
}

TEST(Timetable, HurriesOnlyWhatIsToCome) {
    const Timetable timetable{.began = began, .live = began + Minutes{360}, .speed = 6};
    EXPECT_EQ(timetable.moment(began + Minutes{300}), Minutes{300});
    EXPECT_EQ(timetable.moment(began + Minutes{370}), Minutes{420});
    EXPECT_EQ(timetable.wall(Minutes{420}), began + Minutes{370});
    for (const auto& span : programme) EXPECT_EQ(timetable.moment(timetable.wall(span.from)), span.from);
}

TEST(Timetable, HasNoGapBetweenItsPhases) {
    for (std::size_t i = 1; i < programme.size(); ++i) EXPECT_EQ(programme.at(i).from, programme.at(i - 1).until);
    EXPECT_EQ(phase_at(Minutes{0}), Phase::SetUp);
    EXPECT_EQ(phase_at(Minutes{300}), Phase::Lunch);
    EXPECT_EQ(phase_at(Minutes{5'000}), Phase::Closing);
}

}  // namespace
}  // namespace vivi::sim::event
