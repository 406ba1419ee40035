// Alarms over all routers by the API: filters, pages, counts, who looks after them; routers that fall silent.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/alerts.hpp"

#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* all_alerts =
    R"(query ($first: Int! = 50, $after: String, $open: Boolean! = false, $unacknowledged: Boolean! = false,
    $kind: String, $router: ID) {
  alerts(first: $first, after: $after, open: $open, unacknowledged: $unacknowledged, kind: $kind, routerId: $router) {
    edges { cursor node { id kind subject router { id } clearedAt acknowledgedAt acknowledgedBy } } pageInfo { hasNextPage hasPreviousPage endCursor } } })";
constexpr const char* acknowledge = R"(mutation ($id: ID!) { acknowledgeAlert(input: {alertId: $id}) {
  alert { id acknowledgedAt acknowledgedBy } errors { code field } } })";

class AlertsApi : public Api {
protected:
    Site site = make_site("alerts");
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    void raise(const Site& at, const std::string& kind, const std::string& subject, bool is_cleared = false) {
        postgres().sql(
            "insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at, cleared_at) values ('" +
            at.organisation + "', '" + at.router + "', '" + kind + "', '" + subject + "', '{}', now(), now(), " +
            (is_cleared ? "now()" : "null") + ")");
    }
    Json list(const Json& variables, api::Call& call) { return ask(call, all_alerts, variables)["data"]["alerts"]; }
    static std::string subjects(const Json& page) {
        std::string all;
        for (const auto& edge : page["edges"]) all += edge["node"]["subject"].get<std::string>();
        return all;
    }
};

TEST_F(AlertsApi, ListsThoseOfAllRoutersTheNewestFirst) {
    raise(site, "dhcp.rogue", "a");
    raise(site, "dhcp.conflict", "b", true);
    raise(site, "dhcp.rogue", "c");
    const auto other = make_site("alerts-others");
    raise(other, "dhcp.rogue", "x");
    EXPECT_EQ(subjects(list(Json::object(), *owner)), "cba");
    EXPECT_EQ(subjects(list({{"open", true}}, *owner)), "ca");
    EXPECT_EQ(subjects(list({{"kind", "dhcp.conflict"}}, *owner)), "b");
    EXPECT_EQ(subjects(list({{"router", api::to_id("Router", site.router)}}, *owner)), "cba");
    EXPECT_EQ(subjects(list({{"router", api::to_id("Router", other.router)}}, *owner)), "") << "somebody else's has none";
    const auto first = list({{"first", 2}}, *owner);
    EXPECT_EQ(subjects(first), "cb");
    EXPECT_EQ(first["pageInfo"]["hasNextPage"], true);
    EXPECT_EQ(subjects(list({{"first", 2}, {"after", first["pageInfo"]["endCursor"]}}, *owner)), "a");
    EXPECT_EQ(code_of(ask(*owner, all_alerts, {{"first", 0}})), "BAD_USER_INPUT");
    EXPECT_EQ(code_of(ask(*stranger(), all_alerts)), "UNAUTHENTICATED");

    // A member of both organisations sees both, in one order.
    const auto email = make_user(other, "viewer");
    postgres().sql("insert into memberships (organisation_id, user_id, role) select '" + site.organisation +
                   "', id, 'viewer' from users where email = '" + email + "'");
    auto both = sign_in(email);
    EXPECT_EQ(subjects(list(Json::object(), *both)), "xcba");
    EXPECT_EQ(subjects(list({{"first", 3}}, *both)), "xcb");
    const auto counts = ask(*both, "{ alertCounts { kind open unacknowledged } }")["data"]["alertCounts"];
    ASSERT_EQ(counts.size(), 1u) << counts;
    EXPECT_EQ(counts[0]["open"], 3);
}

TEST_F(AlertsApi, SomebodyLooksAfterItAndWhoWasFirstStays) {
    raise(site, "dhcp.rogue", "a");
    const std::string id = list(Json::object(), *owner)["edges"][0]["node"]["id"];
    auto operators = sign_in(make_user(site, "operator"));
    const auto done = payload_of(ask(*operators, acknowledge, {{"id", id}}), "acknowledgeAlert");
    EXPECT_EQ(done["alert"]["acknowledgedBy"], "operator") << done;
    const auto again = payload_of(ask(*owner, acknowledge, {{"id", id}}), "acknowledgeAlert");
    EXPECT_EQ(again["alert"], done["alert"]);
    EXPECT_EQ(subjects(list({{"unacknowledged", true}}, *owner)), "");
    EXPECT_EQ(number("select count(*) from audit_log where action = 'alarm.acknowledged' and organisation_id = '" +
                     site.organisation + "'"),
              "1");
    EXPECT_EQ(
        payload_of(ask(*sign_in(make_user(site, "viewer")), acknowledge, {{"id", id}}), "acknowledgeAlert")["errors"][0]["code"],
        "FORBIDDEN");
    auto theirs = sign_in(make_user(make_site("alerts-strangers"), "owner"));
    EXPECT_EQ(ask(*theirs, acknowledge, {{"id", id}}), ask(*theirs, acknowledge, {{"id", "nonsense"}}));
}

TEST_F(AlertsApi, ARouterThatFallsSilentIsAnAlarmUntilItIsHeard) {
    const auto mine = [&] { return list({{"kind", "router.offline"}, {"open", true}}, *owner)["edges"].size(); };
    must(db::watch_routers(hub));
    EXPECT_EQ(mine(), 0u);
    postgres().sql("update routers set last_seen_at = now() - interval '6 minutes' where id = '" + site.router + "'");
    EXPECT_GE(must(db::watch_routers(hub)), 1);
    EXPECT_EQ(mine(), 1u);
    must(db::watch_routers(hub));
    EXPECT_EQ(mine(), 1u) << "once";
    EXPECT_TRUE(run(db::note_heard(hub, site.link)));
    must(db::watch_routers(hub));
    EXPECT_EQ(mine(), 0u);
    EXPECT_EQ(list({{"kind", "router.offline"}}, *owner)["edges"].size(), 1u) << "and that it was so is kept";
}

}  // namespace
}  // namespace vivi::test
