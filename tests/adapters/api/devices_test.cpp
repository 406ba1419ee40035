// Devices through the API: connections on the query and on the router, groups, names, protection, bans of many and bans that end.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* pages = R"(query ($r: ID!, $first: Int, $last: Int, $after: String, $before: String, $s: String,
                                        $f: DeviceFilter, $by: DeviceOrder) {
  router(id: $r) { deviceCount devices(first: $first, last: $last, after: $after, before: $before, search: $s, filter: $f, orderBy: $by) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id mac name group isProtected } } } } })";

class DevicesApi : public Api {
protected:
    const WallTime now = wall_now();
    Site site = make_site("devices");
    std::string router_id = api::to_id("Router", site.router);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));
    std::unique_ptr<api::Call> operator_ = sign_in(make_user(site, "operator"));

    void SetUp() override {
        std::vector<db::Entry> entries;
        for (int i = 0; i < 5; ++i)
            entries.push_back(traffic(static_cast<std::uint64_t>(i + 1), now - Seconds{i}, mac(i), "a.example", i, 100 * i));
        must(db::ingest(hub, batch(site, entries), now));
    }
    static std::string mac(int i) { return "02:00:00:00:07:0" + std::to_string(i); }
    std::string id_of(const std::string& text) {
        return api::to_id("Device",
                          number("select id from devices where router_id = '" + site.router + "' and mac = '" + text + "'"));
    }
    Json page(Json variables) {
        variables["r"] = router_id;
        const auto answer = ask(*owner, pages, variables);
        if (answer.contains("errors")) return answer;
        return answer["data"]["router"]["devices"];
    }
    static std::string macs(const Json& connection) {
        std::string all;
        for (const auto& edge : connection["edges"]) all += edge["node"]["mac"].get<std::string>().back();
        return all;
    }
    model::Policy policy() { return must(db::policy(api, {site.organisation}, site.router)).policy; }
};

TEST_F(DevicesApi, APageGoesForwardAndBackward) {
    const Json rising{{"field", "ADDRESS"}, {"direction", "ASC"}};
    const Json by{{"field", "BYTES"}};
    EXPECT_EQ(macs(page({{"by", by}})), "43210");
    const auto first = page({{"first", 2}, {"by", by}});
    EXPECT_EQ(macs(first), "43");
    EXPECT_EQ(first["totalCount"], 5);
    EXPECT_EQ(first["pageInfo"]["hasNextPage"], true);
    EXPECT_EQ(first["pageInfo"]["hasPreviousPage"], false);
    const auto second = page({{"first", 2}, {"by", by}, {"after", first["pageInfo"]["endCursor"]}});
    EXPECT_EQ(macs(second), "21");
    EXPECT_EQ(second["pageInfo"]["hasPreviousPage"], true);
    const auto back = page({{"last", 2}, {"by", by}, {"before", second["pageInfo"]["startCursor"]}});
    EXPECT_EQ(macs(back), "43");
    EXPECT_EQ(back["pageInfo"]["hasPreviousPage"], false);
    EXPECT_EQ(back["pageInfo"]["hasNextPage"], true);
    EXPECT_EQ(macs(page({{"last", 2}, {"by", by}})), "10") << "the end of the list";
    EXPECT_EQ(code_of(page({{"by", rising}, {"after", first["pageInfo"]["endCursor"]}})), "BAD_USER_INPUT")
        << "a cursor belongs to its order";
    EXPECT_EQ(code_of(page({{"last", 0}})), "BAD_USER_INPUT");
    EXPECT_EQ(code_of(page({{"first", 1001}})), "BAD_USER_INPUT");
    EXPECT_EQ(ask(*owner, pages, {{"r", router_id}})["data"]["router"]["deviceCount"], 5);
}

TEST_F(DevicesApi, ANameIsGivenSearchedAndTakenAway) {
    const std::string rename = R"(mutation ($d: ID!, $n: String!) { renameDevice(input: {deviceId: $d, name: $n}) {
      device { name revision } errors { code field } } })";
    const auto renamed = payload_of(ask(*owner, rename, {{"d", id_of(mac(3))}, {"n", "Ticket desk"}}), "renameDevice");
    EXPECT_EQ(renamed["device"]["name"], "Ticket desk") << renamed;
    EXPECT_EQ(macs(page({{"s", "ticket D"}})), "3");
    EXPECT_EQ(bus.published().size(), 2u) << "viewers hear of it";
    EXPECT_EQ(number("select count(*) from audit_log where action = 'device.renamed' and organisation_id = '" +
                     site.organisation + "'"),
              "1");
    EXPECT_EQ(payload_of(ask(*owner, rename, {{"d", id_of(mac(3))}, {"n", std::string(64, 'x')}}),
                         "renameDevice")["errors"][0]["field"],
              "name");
    EXPECT_EQ(payload_of(ask(*operator_, rename, {{"d", id_of(mac(3))}, {"n", "mine"}}), "renameDevice")["errors"][0]["code"],
              "FORBIDDEN");
    EXPECT_EQ(payload_of(ask(*owner, rename, {{"d", router_id}, {"n", "x"}}), "renameDevice")["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(payload_of(ask(*owner, rename, {{"d", id_of(mac(3))}, {"n", ""}}), "renameDevice")["device"]["name"], "");
}

TEST_F(DevicesApi, GroupsAreOfThePolicyAndNameTheRevisionTheyWereMadeFrom) {
    const std::string group = R"(mutation ($r: ID!, $d: [ID!]!, $g: String, $base: Revision) {
      setDeviceGroup(input: {routerId: $r, deviceIds: $d, group: $g, baseRevision: $base}) {
        devices { mac group standing { standing group } } policy { revision } errors { code path } } })";
    const auto set = [&](Json devices, Json name, Json base) {
        return payload_of(ask(*owner, group, {{"r", router_id}, {"d", devices}, {"g", name}, {"base", base}}), "setDeviceGroup");
    };
    const auto made = set({id_of(mac(1)), id_of(mac(2))}, "stage", 1);
    ASSERT_TRUE(made["errors"].empty()) << made;
    EXPECT_EQ(made["policy"]["revision"], 2);
    EXPECT_EQ(made["devices"][0]["group"], "stage");
    EXPECT_EQ(made["devices"][0]["standing"]["group"], "stage");
    EXPECT_EQ(macs(page({{"f", {{"group", "stage"}}}, {"by", {{"field", "BYTES"}}}})), "21");
    EXPECT_EQ(set({id_of(mac(3))}, "stage", 1)["errors"][0]["code"], "CONFLICT");
    EXPECT_EQ(set({id_of(mac(1))}, nullptr, nullptr)["devices"][0]["group"], nullptr);
    const auto groups =
        ask(*owner, "query ($r: ID!) { router(id: $r) { groups { name mode macs } } }", {{"r", router_id}})["data"]["router"];
    EXPECT_EQ(groups["groups"][0]["macs"], Json::array({mac(2)})) << groups;
    EXPECT_EQ(set({id_of(mac(1)), router_id}, "stage", nullptr)["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(payload_of(ask(*operator_, group, {{"r", router_id}, {"d", {id_of(mac(1))}}, {"g", "x"}}),
                         "setDeviceGroup")["errors"][0]["code"],
              "FORBIDDEN");
    // Who is put into a group before it was ever seen is in it when it comes.
    must(db::ingest(hub, batch(site, {traffic(9, now, phone, "a.example", 1, 1)}), now));
    EXPECT_EQ(
        number("select group_name from devices where mac = '" + std::string{phone} + "' and router_id = '" + site.router + "'"),
        "");
}

TEST_F(DevicesApi, ManyAreBannedInOneRevisionOfEachRouter) {
    const auto theirs = make_site("elsewhere");
    const std::string ban =
        R"(mutation ($d: [ID!]!, $b: Boolean!, $u: DateTime) { banDevices(input: {deviceIds: $d, banned: $b, reason: "scan", until: $u}) {
      devices { mac banState banReason bannedAt bannedUntil } errors { code field } } })";
    Json ids = Json::array();
    for (int i = 0; i < 5; ++i) ids.push_back(id_of(mac(i)));
    ids.push_back(api::to_id("Device", site.router));
    const auto answer = payload_of(ask(*operator_, ban, {{"d", ids}, {"b", true}, {"u", nullptr}}), "banDevices");
    ASSERT_EQ(answer["devices"].size(), 5u) << answer;
    EXPECT_EQ(answer["devices"][4]["banState"], "SENT");
    EXPECT_EQ(answer["devices"][4]["bannedUntil"], nullptr);
    EXPECT_FALSE(answer["devices"][4]["bannedAt"].is_null());
    EXPECT_EQ(answer["errors"], Json::array({Json{{"code", "NOT_FOUND"}, {"field", ids[5]}}}));
    EXPECT_EQ(number("select desired_revision from routers where id = '" + site.router + "'"), "2") << "one for all five";
    EXPECT_EQ(number("select jsonb_array_length(detail->'devices') from audit_log where action = 'devices.banned' and "
                     "organisation_id = '" +
                     site.organisation + "'"),
              "5");
    auto stranger = sign_in(make_user(theirs, "owner"));
    EXPECT_EQ(payload_of(ask(*stranger, ban, {{"d", ids}, {"b", false}}), "banDevices")["errors"].size(), 6u);

    const auto recent = ask(*owner, "query ($r: ID!) { router(id: $r) { recentBans(first: 3) { mac banReason } } }",
                            {{"r", router_id}})["data"]["router"]["recentBans"];
    EXPECT_EQ(recent.size(), 3u);
    EXPECT_EQ(recent[0]["banReason"], "scan");
    ids.erase(5);
    EXPECT_EQ(payload_of(ask(*operator_, ban, {{"d", ids}, {"b", false}}), "banDevices")["devices"].size(), 5u) << "the undo";
    EXPECT_TRUE(policy().devices.empty());
    EXPECT_EQ(payload_of(ask(*operator_, ban, {{"d", Json::array()}, {"b", true}}), "banDevices")["errors"][0]["code"],
              "INVALID");
}

class Bans : public DevicesApi {
protected:
    static constexpr const char* ban = R"(mutation ($i: SetDeviceBannedInput!) { setDeviceBanned(input: $i) {
      device { banState bannedUntil isProtected revision } errors { code field } } })";
    Json set(api::Call& call, Json input) {
        input["deviceId"] = id_of(mac(1));
        if (!input.contains("banned")) input["banned"] = true;
        return ask(call, ban, {{"i", input}})["data"]["setDeviceBanned"];
    }
};

TEST_F(Bans, EndByThemselvesOnTheRouterAndForViewers) {
    EXPECT_EQ(set(*operator_, {{"until", api::to_date_time(now - Seconds{1})}})["errors"][0]["field"], "until");
    const auto until = api::to_date_time(now + Seconds{3'600});
    const auto banned = set(*operator_, {{"until", until}});
    EXPECT_EQ(banned["device"]["bannedUntil"], until) << banned;
    EXPECT_TRUE(policy().devices.at(0).until) << "the router lifts it, also when it is offline";

    const auto changes = must(db::device_changes(api, {site.organisation}, site.router, {}));
    postgres().sql("update devices set banned_until = now() where banned and router_id = '" + site.router + "'");
    const auto later = must(db::device_changes(api, {site.organisation}, site.router, {changes.seen.revision, 0}));
    ASSERT_EQ(later.devices.size(), 1u) << "nothing happened in the database, and yet the viewer hears of it";
    EXPECT_EQ(later.devices[0].ban_state, db::BanState::None);
    EXPECT_EQ(must(db::device_changes(api, {site.organisation}, site.router, later.seen)).devices.size(), 0u) << "once";
}

TEST_F(Bans, EndWithTheEventUnlessSomebodySaysOtherwise) {
    postgres().sql(
        "with e as (insert into events (organisation_id, name, ends_at) values ('" + site.organisation +
        "', 'fair', '2100-01-01T00:00:00Z') returning id) update routers set event_id = e.id from e where routers.id = '" +
        site.router + "'");
    EXPECT_EQ(set(*operator_, Json::object())["device"]["bannedUntil"], "2100-01-01T00:00:00.000Z");
    EXPECT_EQ(set(*operator_, {{"until", nullptr}})["device"]["bannedUntil"], nullptr);
    EXPECT_EQ(set(*operator_, {{"banned", false}})["device"]["bannedUntil"], nullptr);
}

TEST_F(Bans, AProtectedDeviceAsksForItsName) {
    const std::string protect =
        R"(mutation ($r: ID!, $d: [ID!]!, $p: Boolean!) { setDevicesProtected(input: {routerId: $r, deviceIds: $d, protected: $p}) {
      devices { isProtected banState standing { standing rule pointer } } errors { code } } })";
    set(*operator_, Json::object());
    const auto shielded =
        payload_of(ask(*owner, protect, {{"r", router_id}, {"d", {id_of(mac(1))}}, {"p", true}}), "setDevicesProtected");
    ASSERT_TRUE(shielded["errors"].empty()) << shielded;
    EXPECT_EQ(shielded["devices"][0]["isProtected"], true);
    EXPECT_EQ(shielded["devices"][0]["standing"]["standing"], "PROTECTED");
    EXPECT_EQ(shielded["devices"][0]["standing"]["pointer"], "/protected_devices/0");
    EXPECT_TRUE(policy().devices.empty()) << "the ban is lifted with it";

    EXPECT_EQ(set(*owner, Json::object())["errors"][0]["code"], "PROTECTED");
    EXPECT_EQ(set(*owner, {{"confirm", "02:00"}})["errors"][0]["code"], "WRONG_NAME");
    EXPECT_EQ(set(*operator_, {{"confirm", mac(1)}})["errors"][0]["code"], "FORBIDDEN");
    const auto banned = set(*owner, {{"confirm", mac(1)}});
    EXPECT_EQ(banned["device"]["banState"], "SENT") << banned;
    EXPECT_EQ(banned["device"]["isProtected"], false);
}

}  // namespace
}  // namespace vivi::test
