// Traffic over time: a router with 30 days behind it at 2,500 rows a second, in a PostgreSQL of its own, as the API asks it.
// SPDX-License-Identifier: Apache-2.0
//
// 30 days at 2,500 rows a second are 6.5 thousand million rows; a series touches none of them. What it touches is made in full:
// traffic_totals of 48 hours, traffic_5m and traffic_1h of 30 days (the row of the router, and for the newest two days those of
// 500 devices, 2,000 names and 16 categories in every 5 minutes). Of the rows of 10 seconds there are the newest 20 minutes, at
// 2,500 a second: what tops, a device's tail and a roll-up read. Twenty other routers share the tables.
#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "common/runtime/clock.hpp"
#include "server/db/administration.hpp"
#include "server/db/rollups.hpp"
#include "server/db/traffic_series.hpp"
#include "server/db/traffic_top.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace {

using namespace vivi;

constexpr int asked = 300, few = 20;
constexpr double most_series_ms = 60;

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().detail};
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

struct Site {
    std::string organisation{};
    std::vector<std::string> routers{};
};

Site make_site(test::PrivatePostgres& postgres) {
    must(db::migrate(postgres.owner_url()));
    Site site{.organisation = must(db::create_organisation(postgres.owner_url(), "bench"))};
    for (int i = 0; i < 21; ++i)
        site.routers.push_back(must(db::accept_router(
            postgres.owner_url(),
            {.fingerprint = "SHA256:bench" + std::to_string(i),
             .organisation = site.organisation,
             .name = "router " + std::to_string(i),
             .configuration = R"({"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],)"
                              R"("uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})"})));
    return site;
}

/// As the superuser: what ingest and roll-ups would have left.
void fill(test::PrivatePostgres& postgres, const Site& site) {
    const auto owner = "'" + site.organisation + "'", router = "'" + site.routers.front() + "'";
    const auto run = [&](const std::string& sql) { postgres.sql(sql); };
    run("insert into retention_settings (organisation_id, five_minutes_days) values (" + owner + ", 30)");
    run("select ensure_rollup_partitions(now() - d * interval '1 day') from generate_series(0, 31) d");
    run("select ensure_traffic_hour(now() - h * interval '1 hour') from generate_series(0, 49) h");
    const std::string sums = ", 123456, 7654321, 1000, 9000";
    run("insert into traffic_totals select " + owner + ", r.id, at" + sums +
        " from routers r, generate_series(date_bin('10 seconds', now(), 'epoch') - interval '48 hours', now(), interval '10 "
        "seconds') at"
        " where organisation_id = " +
        owner);
    const std::string fives = "generate_series(date_bin('5 minutes', now(), 'epoch') - interval '",
                      until = "', now() - interval '20 minutes', interval '5 minutes') at";
    run("insert into traffic_5m select " + owner + ", r.id, 'router', at, ''" + sums + ", 500 from routers r, " + fives +
        "30 days" + until + " where organisation_id = " + owner);
    for (const auto& [kind, key, count] :
         {std::tuple{"device", "'02:00:00:01:' || lpad(to_hex(k / 256), 2, '0') || ':' || lpad(to_hex(k % 256), 2, '0')", 500},
          {"name", "'n' || k || '.example'", 2'000},
          {"category", "'category ' || k", 16}})
        run("insert into traffic_5m select " + owner + ", " + router + ", '" + kind + "', at, " + key +
            ", 1000 + k, 9000 + 7 * k, 10, 90, 12 from generate_series(0, " + std::to_string(count - 1) + ") k, " + fives +
            "2 days" + until);
    run("insert into traffic_1h select " + owner + ", r.id, 'router', at, ''" + sums +
        ", 500 from routers r, generate_series(date_trunc('hour', now()) - interval '30 days', now() - interval '1 hour', "
        "interval '1 hour') at where organisation_id = " +
        owner);
    run("insert into devices (organisation_id, router_id, mac) select " + owner + ", " + router +
        ", ('02:00:00:01:' || lpad(to_hex(k / 256), 2, '0') || ':' || lpad(to_hex(k % 256), 2, '0'))::macaddr"
        " from generate_series(0, 499) k");
    run("insert into traffic select " + owner + ", " + router +
        ", at, ('02:00:00:01:' || lpad(to_hex(d / 256), 2, '0') || ':' || lpad(to_hex(d % 256), 2, '0'))::macaddr,"
        " 'n' || (d * 50 + k) % 2000 || '.example', 'dns', 100 + k, 900 + d, 1, 9 from generate_series(0, 499) d, "
        "generate_series(0, 49) k,"
        " generate_series(date_bin('10 seconds', now(), 'epoch') - interval '20 minutes', now(), interval '10 seconds') at");
    run("insert into traffic_dirty (organisation_id, router_id, level, at) select " + owner + ", " + router +
        ", 5, at from"
        " generate_series(date_bin('5 minutes', now(), 'epoch') - interval '15 minutes', now(), interval '5 minutes') at");
    run("vacuum analyze");
}

struct Times {
    double p50 = 0, p99 = 0;
};

template <class Ask>
Times time(int count, Ask ask) {
    std::vector<double> all;
    for (int i = 0; i < count; ++i) {
        const auto before = now();
        ask();
        all.push_back(std::chrono::duration<double, std::milli>(now() - before).count());
    }
    std::ranges::sort(all);
    return {.p50 = all[all.size() / 2], .p99 = all[all.size() * 99 / 100]};
}

void print(std::string_view name, double value, double target) {
    std::cout << std::fixed << std::setprecision(2) << R"({"measure":"traffic: )" << name << R"(","value":)" << value
              << R"(,"unit":"ms","peer":null,"peer_value":null,"ratio":null,"target":)";
    if (target == 0)
        std::cout << R"(null,"met":null})" << std::endl;
    else
        std::cout << target << R"(,"met":)" << (value <= target ? "true" : "false") << "}" << std::endl;
}

}  // namespace

int main() {
    test::PrivatePostgres postgres;
    test::Loop loop;
    const auto site = make_site(postgres);
    fill(postgres, site);
    db::Pool api{postgres.url("vivi_api"), 1}, hub{postgres.url("vivi_hub"), 1};
    const db::Tenant tenant{site.organisation};
    const db::TrafficScope router{.routers = {site.routers.front()}};
    const auto device = db::TrafficScope{.routers = router.routers, .mac = "02:00:00:01:00:07", .device = site.routers.front()};
    const auto series = [&](const db::TrafficScope& scope, std::chrono::hours back, int points) {
        const auto at = wall_now();
        if (must(loop.run(db::traffic_series(api, tenant, scope, {.from = at - back, .to = at}, points, at))).bytes_down == 0)
            throw std::runtime_error{"a series without traffic measures nothing"};
    };
    const auto top = [&](db::TrafficDimension by, Milliseconds back) {
        const auto at = wall_now();
        if (must(loop.run(db::traffic_top(api, tenant, {.scope = router, .by = by, .range = {.from = at - back, .to = at}}, at)))
                .rows.empty())
            throw std::runtime_error{"a top without rows measures nothing"};
    };
    using std::chrono::hours;
    series(router, hours{24}, 300);
    const auto day = time(asked, [&] { series(router, hours{24}, 300); });
    print("24 h of a router in steps of 5 minutes, p50", day.p50, 0);
    print("24 h of a router in steps of 5 minutes, p99", day.p99, most_series_ms);
    print("30 days of a router in steps of an hour or more, p99", time(asked, [&] { series(router, hours{720}, 300); }).p99, 0);
    print("an hour of a router in steps of 10 s, p99", time(asked, [&] { series(router, hours{1}, 360); }).p99, 0);
    print("24 h of 21 routers, p99", time(asked, [&] { series({.routers = site.routers}, hours{24}, 300); }).p99, 0);
    print("24 h of a device, p99", time(asked, [&] { series(device, hours{24}, 300); }).p99, 0);
    print("top domains of 24 h, p99", time(few, [&] { top(db::TrafficDimension::Domain, hours{24}); }).p99, 0);
    print("top devices of 24 h, p99", time(few, [&] { top(db::TrafficDimension::Device, hours{24}); }).p99, 0);
    print("top domains of 10 minutes, 1.5 million rows, p50",
          time(5, [&] { top(db::TrafficDimension::Domain, Milliseconds{600'000}); }).p50, 0);
    const auto buckets = must(loop.run(db::dirty_buckets(hub, 10)));
    for (const auto& bucket : buckets)
        print("rolling up 5 minutes of 750,000 rows", time(1, [&] { must(loop.run(db::roll_up(hub, bucket))); }).p50, 0);
    return 0;
}
