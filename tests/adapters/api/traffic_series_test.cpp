// Traffic over time through the API: which step answers, that nothing is counted twice or missing, and who may know what.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/db/rollups.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class TrafficSeries : public Api {
protected:
    const WallTime now = wall_now();
    Site site = make_site("series");
    std::uint64_t sequence = 0;

    WallTime hour_ago(int hours) const { return std::chrono::floor<std::chrono::hours>(now) - std::chrono::hours{hours}; }
    void send(WallTime at, const std::string& device, const std::string& name, int up, int down) {
        must(db::ingest(hub, batch(site, {traffic(++sequence, at, device, name, up, down)}), now));
    }
    std::string device_id(const std::string& mac) {
        return api::to_id("Device",
                          number("select id from devices where router_id = '" + site.router + "' and mac = '" + mac + "'"));
    }
    Json router_scope() const { return {{"routerId", api::to_id("Router", site.router)}}; }
    Json series(api::Call& call, const Json& scope, WallTime from, int points = 300) {
        return ask(call,
                   "query($s: TrafficScope!, $f: DateTime!, $t: DateTime!, $p: Int!) { trafficSeries(scope: $s, from: $f, to: "
                   "$t, points: $p)"
                   " { step from to bytesUp bytesDown points { at bytesUp } } }",
                   {{"s", scope}, {"f", api::to_date_time(from)}, {"t", api::to_date_time(hour_ago(0))}, {"p", points}});
    }
    Json top(api::Call& call, const Json& scope, const std::string& by, WallTime from) {
        return ask(call,
                   "query($s: TrafficScope!, $f: DateTime!, $b: TrafficDimension!) { trafficTop(scope: $s, by: $b, from: $f)"
                   " { from until rows { key label routerId deviceId bytesUp bytesDown deviceCount } } }",
                   {{"s", scope}, {"f", api::to_date_time(from)}, {"b", by}});
    }
    /// "key=bytesUp" of each row.
    static std::string rows_of(const Json& response) {
        if (response.contains("errors")) return response.dump();
        std::string text;
        for (const auto& row : response["data"]["trafficTop"]["rows"])
            text += row["key"].get<std::string>() + "=" + std::to_string(row["bytesUp"].get<int>()) + " ";
        return text;
    }
    /// "at=bytesUp" of the points that are not zero.
    static std::string points_of(const Json& response) {
        if (response.contains("errors")) return response.dump();
        std::string text;
        for (const auto& point : response["data"]["trafficSeries"]["points"])
            if (point["bytesUp"] != 0)
                text += point["at"].get<std::string>() + "=" + std::to_string(point["bytesUp"].get<int>()) + " ";
        return text;
    }
};

TEST_F(TrafficSeries, EachRangeHasItsStepAndTheSameSum) {
    const auto call = sign_in(make_user(site, "viewer"));
    send(hour_ago(3), phone, "a.example", 1, 10);
    send(hour_ago(3) + Seconds{310}, laptop, "b.example", 2, 20);
    send(hour_ago(1), phone, "a.example", 4, 40);
    for (const bool is_rolled_up : {false, true}) {
        if (is_rolled_up) must(db::roll_up_ended(hub));
        for (const auto& [points, step] : {std::pair{2'000, 10}, {300, 60}, {100, 300}, {5, 3'600}}) {
            const auto found = series(*call, router_scope(), hour_ago(3), points);
            ASSERT_FALSE(found.contains("errors")) << found.dump();
            EXPECT_EQ(found["data"]["trafficSeries"]["step"], step);
            EXPECT_EQ(found["data"]["trafficSeries"]["bytesUp"], 7) << step << (is_rolled_up ? " rolled up" : " not rolled up");
            EXPECT_EQ(found["data"]["trafficSeries"]["bytesDown"], 70);
            EXPECT_LE(found["data"]["trafficSeries"]["points"].size(), static_cast<std::size_t>(points));
        }
    }
    const auto hours = series(*call, router_scope(), hour_ago(3), 5);
    EXPECT_EQ(points_of(hours), api::to_date_time(hour_ago(3)) + "=3 " + api::to_date_time(hour_ago(1)) + "=4 ");
    EXPECT_EQ(hours["data"]["trafficSeries"]["points"].size(), 3u) << "the hour without traffic is a zero";
}

TEST_F(TrafficSeries, LateTrafficIsThereBeforeItIsRolledUp) {
    const auto call = sign_in(make_user(site, "viewer"));
    send(hour_ago(5), phone, "a.example", 1, 1);
    must(db::roll_up_ended(hub));
    send(hour_ago(5), phone, "a.example", 2, 2);
    EXPECT_EQ(series(*call, router_scope(), hour_ago(6), 10)["data"]["trafficSeries"]["bytesUp"], 3);
    must(db::roll_up_ended(hub));
    EXPECT_EQ(series(*call, router_scope(), hour_ago(6), 10)["data"]["trafficSeries"]["bytesUp"], 3);
}

TEST_F(TrafficSeries, OfADeviceAnOrganisationAndAnEvent) {
    const auto call = sign_in(make_user(site, "viewer"));
    send(hour_ago(2), phone, "a.example", 1, 1);
    send(hour_ago(2), laptop, "a.example", 2, 2);
    const Json device{{"deviceId", device_id(phone)}};
    for (const auto points : {2'000, 50})
        EXPECT_EQ(series(*call, device, hour_ago(3), points)["data"]["trafficSeries"]["bytesUp"], 1);
    must(db::roll_up_ended(hub));
    for (const auto points : {2'000, 50})
        EXPECT_EQ(series(*call, device, hour_ago(3), points)["data"]["trafficSeries"]["bytesUp"], 1);
    const Json organisation{{"organisationId", api::to_id("Organisation", site.organisation)}};
    EXPECT_EQ(series(*call, organisation, hour_ago(3))["data"]["trafficSeries"]["bytesUp"], 3);
    const auto event =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'party') returning id")
            .substr(0, 36);
    const Json party{{"eventId", api::to_id("Event", event)}};
    EXPECT_EQ(series(*call, party, hour_ago(3))["data"]["trafficSeries"]["bytesUp"], 0);
    postgres().sql("update routers set event_id = '" + event + "' where id = '" + site.router + "'");
    EXPECT_EQ(series(*call, party, hour_ago(3))["data"]["trafficSeries"]["bytesUp"], 3);
}

TEST_F(TrafficSeries, TopsCountTheSameBeforeAndAfterRollingUp) {
    const auto call = sign_in(make_user(site, "organiser"));
    for (int i = 1; i <= 6; ++i) send(now - Seconds{60}, "02:00:00:00:02:0" + std::to_string(i), "many.example", i, 0);
    send(now - Seconds{60}, phone, "few.example", 50, 0);
    EXPECT_EQ(rows_of(top(*call, router_scope(), "DOMAIN", now - Seconds{600})), "few.example=50 many.example=21 ");
    send(hour_ago(2), phone, "few.example", 100, 0);
    send(hour_ago(2), laptop, "many.example", 7, 0);
    must(db::roll_up_ended(hub));
    const auto rolled = top(*call, router_scope(), "DEVICE", hour_ago(3));
    EXPECT_EQ(rows_of(rolled).substr(0, 46), std::string{phone} + "=100 " + laptop + "=7 ");
    EXPECT_EQ(rolled["data"]["trafficTop"]["rows"][0]["deviceId"], device_id(phone));
    const auto routers = top(*call, router_scope(), "ROUTER", hour_ago(3));
    EXPECT_EQ(routers["data"]["trafficTop"]["rows"][0]["label"], "series");
    EXPECT_EQ(routers["data"]["trafficTop"]["rows"][0]["key"], api::to_id("Router", site.router));
}

TEST_F(TrafficSeries, ServicesAreNamesPutTogether) {
    std::filesystem::create_directories(lists_folder / "lists/services");
    std::ofstream{lists_folder / "lists/services/tube.txt"} << "# title: Tube\ntube.example\ntubeimg.example\n";
    const auto call = sign_in(make_user(site, "viewer"));
    send(now - Seconds{30}, phone, "www.tube.example", 1, 0);
    send(now - Seconds{30}, laptop, "tubeimg.example", 2, 0);
    send(now - Seconds{30}, phone, "else.example", 1, 0);
    EXPECT_EQ(rows_of(top(*call, router_scope(), "SERVICE", now - Seconds{600})), "tube=3 =1 ");
}

TEST_F(TrafficSeries, WhatADeviceVisitsIsPersonalAndItsReadingIsAudited) {
    send(now - Seconds{30}, phone, "a.example", 1, 0);
    send(now - Seconds{30}, phone, "doctor.example", 2, 0);
    postgres().sql("insert into domain_categories (domain, category) values ('doctor.example', 'health')");
    const Json device{{"deviceId", device_id(phone)}};
    const auto viewer = sign_in(make_user(site, "viewer")), organiser = sign_in(make_user(site, "organiser"));
    EXPECT_EQ(code_of(top(*viewer, device, "DOMAIN", now - Seconds{600})), "FORBIDDEN");
    EXPECT_EQ(rows_of(top(*organiser, device, "DOMAIN", now - Seconds{600})), "=2 a.example=1 ")
        << "what is sensitive is not told";
    EXPECT_EQ(rows_of(top(*organiser, device, "CATEGORY", now - Seconds{600})), "=3 ");
    postgres().sql("delete from domain_categories");
    EXPECT_EQ(number("select count(*) from audit_log where action = 'device_traffic.read' and organisation_id = '" +
                     site.organisation + "'"),
              "1")
        << "once an hour";
}

TEST_F(TrafficSeries, NothingOfOthersAndNothingForStrangers) {
    send(now - Seconds{30}, phone, "a.example", 1, 0);
    const auto other = make_site("elsewhere");
    const auto outsider = sign_in(make_user(other, "owner"));
    const std::vector<Json> scopes{
        router_scope(), {{"deviceId", device_id(phone)}}, {{"organisationId", api::to_id("Organisation", site.organisation)}}};
    for (const auto& scope : scopes) {
        EXPECT_EQ(code_of(series(*outsider, scope, hour_ago(1))), "NOT_FOUND") << scope.dump();
        EXPECT_EQ(code_of(top(*outsider, scope, "CATEGORY", hour_ago(1))), "NOT_FOUND") << scope.dump();
        EXPECT_EQ(code_of(series(*stranger(), scope, hour_ago(1))), "UNAUTHENTICATED");
    }
    const auto call = sign_in(make_user(site, "viewer"));
    EXPECT_EQ(code_of(series(*call, router_scope(), now + Seconds{60})), "BAD_USER_INPUT");
    EXPECT_EQ(code_of(series(*call, router_scope(), hour_ago(1), 0)), "BAD_USER_INPUT");
    EXPECT_EQ(code_of(top(*call, {{"deviceId", device_id(phone)}}, "ROUTER", hour_ago(1))), "BAD_USER_INPUT");
}

}  // namespace
}  // namespace vivi::test
