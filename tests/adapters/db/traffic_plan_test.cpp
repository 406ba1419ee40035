// The planner takes the partitions of the range asked for, and no other.
// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "server/db/rollups.hpp"
#include "server/db/traffic_series.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

class TrafficPlan : public Database {
protected:
    const WallTime now = wall_now();
    Site site = make_site("plan");

    void SetUp() override {
        must(db::make_partitions_ahead(hub));
        postgres().sql("select ensure_rollup_partitions(now() - d * interval '1 day') from generate_series(0, 40) d");
        postgres().sql("select ensure_traffic_hour(now() - h * interval '1 hour') from generate_series(0, 48) h");
    }
    static std::string replaced(std::string text, const std::string& what, const std::string& by) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
        return text;
    }
    /// The partitions in the plan of a series as vivi_api would ask for it, by name.
    std::set<std::string> partitions(db::TrafficLevel level, WallTime from, WallTime rolled, WallTime to) {
        auto sql = replaced(db::series_sql(level), "$1", "'{" + site.router + "}'");
        sql = replaced(sql, "$2", std::to_string(to_unix_ms(from)));
        sql = replaced(sql, "$3", std::to_string(to_unix_ms(rolled)));
        sql = replaced(replaced(sql, "$4", std::to_string(to_unix_ms(to))), "$5", "300");
        const auto plan =
            postgres().sql("set role vivi_api; set vivi.organisation = '" + site.organisation + "'; explain " + sql);
        std::set<std::string> names;
        for (auto at = plan.find(" on traffic_"); at != std::string::npos; at = plan.find(" on traffic_", at + 1)) {
            const auto begin = at + 4;
            const auto name = plan.substr(begin, plan.find_first_of(" \n", begin) - begin);
            if (!name.ends_with("_idx") && !name.ends_with("_pkey")) names.insert(name);  // An index of one that is named too.
        }
        return names;
    }
    static std::string day(WallTime at) {
        const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
        const auto two = [](unsigned number) { return std::string{number < 10 ? "0" : ""} + std::to_string(number); };
        return std::to_string(static_cast<int>(date.year())) + two(static_cast<unsigned>(date.month())) +
               two(static_cast<unsigned>(date.day()));
    }
};

TEST_F(TrafficPlan, ADayOfFiveMinutesTouchesItsDays) {
    const auto from = WallTime{std::chrono::floor<std::chrono::days>(now)} - std::chrono::hours{36};
    const auto to = from + std::chrono::hours{24};
    EXPECT_EQ(partitions(db::TrafficLevel::FiveMinutes, from, now, to),
              (std::set<std::string>{"traffic_5m_" + day(from), "traffic_5m_" + day(to)}));
}

TEST_F(TrafficPlan, TheTailIsOfTheNewestTotals) {
    const auto midnight = WallTime{std::chrono::floor<std::chrono::days>(now)};
    const auto touched = partitions(db::TrafficLevel::FiveMinutes, midnight - std::chrono::hours{3}, midnight + Seconds{300},
                                    midnight + Seconds{600});
    EXPECT_EQ(touched, (std::set<std::string>{"traffic_5m_" + day(midnight - std::chrono::hours{3}),
                                              "traffic_5m_" + day(midnight), "traffic_totals_" + day(midnight)}));
}

TEST_F(TrafficPlan, HoursAreOfTheirMonthAndTenSecondsOfTheirDay) {
    const auto midnight = WallTime{std::chrono::floor<std::chrono::days>(now)};
    EXPECT_EQ(partitions(db::TrafficLevel::Hour, midnight, now + Seconds{1}, midnight + Seconds{1}),
              (std::set<std::string>{"traffic_1h_" + day(midnight).substr(0, 6)}));
    EXPECT_EQ(partitions(db::TrafficLevel::TenSeconds, midnight, midnight, midnight + Seconds{3'600}),
              (std::set<std::string>{"traffic_totals_" + day(midnight)}));
}

}  // namespace
}  // namespace vivi::test
