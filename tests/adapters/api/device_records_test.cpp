// What is kept about a device: its leases, and the names it asked for, which are personal.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class DeviceRecords : public Api {
protected:
    const WallTime now = wall_now();
    Site site = make_site("records");
    std::string router_id = api::to_id("Router", site.router);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    void SetUp() override {
        std::filesystem::create_directories(lists_folder / "lists/categories");
        std::ofstream{lists_folder / "lists/categories/health.txt"} << "clinic.example\n";
        std::ofstream{lists_folder / "lists/categories/shopping.txt"} << "shop.example\n";
        must(db::ingest(hub,
                        batch(site, {lease(1, "granted", now + Seconds{3'600}, phone, "10.66.0.50"),
                                     lease(2, "granted", now - Seconds{60}, laptop, "10.66.1.51")}),
                        now));
        postgres().sql(
            "insert into device_domains (organisation_id, router_id, at, mac, name, queries) select '" + site.organisation +
            "', '" + site.router + "', t.at, '" + std::string{phone} +
            "', t.name, t.queries from (values (now(), 'shop.example', 5), (now() - interval '1 hour', 'shop.example', 4),"
            " (now(), 'www.clinic.example', 50), (now(), 'news.example', 2), (now() - interval '25 hours', 'old.example', 9))"
            " as t(at, name, queries)");
    }
    std::string device() {
        return api::to_id("Device", number("select id from devices where mac = '" + std::string{phone} + "' and router_id = '" +
                                           site.router + "'"));
    }
    Json leases(Json variables) {
        variables["r"] = router_id;
        const auto answer =
            ask(*owner, R"(query ($r: ID!, $first: Int, $after: String, $active: Boolean, $s: String) { router(id: $r) {
          leases(first: $first, after: $after, active: $active, search: $s) { totalCount pageInfo { hasNextPage endCursor }
            edges { node { mac address state hostname grantedAt expiresAt endedAt } } } } })",
                variables);
        return answer.contains("errors") ? answer : answer["data"]["router"]["leases"];
    }
    static constexpr const char* domains =
        "query ($d: ID!) { node(id: $d) { ... on Device { domains { name queries lastAt categories } } } }";
};

TEST_F(DeviceRecords, LeasesAreListedActiveOrOverAndFoundByAddressOrMac) {
    const auto all = leases({{"first", 1}});
    EXPECT_EQ(all["totalCount"], 2) << all;
    EXPECT_EQ(all["pageInfo"]["hasNextPage"], true);
    const auto second = leases({{"first", 1}, {"after", all["pageInfo"]["endCursor"]}});
    EXPECT_EQ(second["pageInfo"]["hasNextPage"], false);
    EXPECT_NE(second["edges"][0]["node"]["mac"], all["edges"][0]["node"]["mac"]);
    const auto active = leases({{"active", true}});
    ASSERT_EQ(active["edges"].size(), 1u);
    EXPECT_EQ(active["edges"][0]["node"]["state"], "GRANTED");
    EXPECT_EQ(active["edges"][0]["node"]["address"], "10.66.0.50");
    EXPECT_EQ(leases({{"active", false}})["edges"][0]["node"]["state"], "EXPIRED") << "though nobody has said so";
    EXPECT_EQ(leases({{"s", "10.66.1."}})["totalCount"], 1);
    EXPECT_EQ(leases({{"s", "10.66.0.0/23"}})["totalCount"], 2);
    EXPECT_EQ(leases({{"s", "02-00-00-00-00-01"}})["totalCount"], 1);
    EXPECT_EQ(leases({{"s", "02:00"}})["totalCount"], 2);
    EXPECT_EQ(code_of(leases({{"s", "phone"}})), "BAD_USER_INPUT");
    const auto own = ask(*owner, "query ($d: ID!) { node(id: $d) { ... on Device { leases { edges { node { address } } } } } }",
                         {{"d", device()}})["data"]["node"]["leases"]["edges"];
    ASSERT_EQ(own.size(), 1u);
    EXPECT_EQ(own[0]["node"]["address"], "10.66.0.50");
}

TEST_F(DeviceRecords, DomainsAreOfADayWithoutWhatIsSensitiveAndTheirReadingIsAudited) {
    const auto found = ask(*owner, domains, {{"d", device()}})["data"]["node"]["domains"];
    ASSERT_EQ(found.size(), 2u) << found;
    EXPECT_EQ(found[0]["name"], "shop.example");
    EXPECT_EQ(found[0]["queries"], 9);
    EXPECT_EQ(found[0]["categories"], Json::array({"shopping"}));
    EXPECT_EQ(found[1]["name"], "news.example") << "not the clinic";
    ask(*owner, domains, {{"d", device()}});
    EXPECT_EQ(number("select count(*) from audit_log where action = 'device_domains.read' and organisation_id = '" +
                     site.organisation + "'"),
              "1")
        << "once an hour";
}

TEST_F(DeviceRecords, DomainsAndHitsAreNotForViewers) {
    auto viewer = sign_in(make_user(site, "viewer"));
    const auto answer = ask(*viewer, domains, {{"d", device()}});
    EXPECT_EQ(code_of(answer), "FORBIDDEN");
    EXPECT_TRUE(answer["data"]["node"]["domains"].is_null()) << answer;
    const auto hits =
        ask(*viewer, "query ($d: ID!) { node(id: $d) { ... on Device { policyHits { edges { cursor } } } } }", {{"d", device()}});
    EXPECT_EQ(code_of(hits), "FORBIDDEN");
    EXPECT_EQ(
        number("select count(*) from audit_log where action like '%.read' and organisation_id = '" + site.organisation + "'"),
        "0");
}

}  // namespace
}  // namespace vivi::test
