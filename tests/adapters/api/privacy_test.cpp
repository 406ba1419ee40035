// Retention, erasure and the shared list through the API: who may, what is refused, what is written down.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "server/db/categories.hpp"
#include "server/db/rollups.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class PrivacyApi : public Api {
protected:
    const WallTime now = wall_now();
    Site site = make_site("privacy");

    std::string organisation_id() const { return api::to_id("Organisation", site.organisation); }
    std::string device_id() {
        must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 1, 1)}), now));
        return api::to_id("Device", number("select id from devices where router_id = '" + site.router + "'"));
    }
    Json set_retention(api::Call& call, Json input) {
        input["organisationId"] = organisation_id();
        return ask(call,
                   "mutation($i: SetRetentionInput!) { setRetention(input: $i) { retention { namesHours hoursDays leasesDays }"
                   " errors { code field } } }",
                   {{"i", input}});
    }
    Json purge_device(api::Call& call, const std::string& id) {
        return ask(call,
                   "mutation($i: PurgeDeviceInput!) { purgeDevice(input: $i) { receipt { id kind targetId removed remains }"
                   " errors { code field } } }",
                   {{"i", {{"deviceId", id}}}});
    }
    std::unique_ptr<api::Call> staff(const std::string& role) {
        const auto email = make_user(make_site("staff"), "viewer");
        postgres().sql("update users set staff_role = '" + role + "' where email = '" + email + "'");
        return sign_in(email);
    }
    std::string audited(const std::string& action) {
        return number("select count(*) from audit_log where action = '" + action + "' and organisation_id = '" +
                      site.organisation + "'");
    }
};

TEST_F(PrivacyApi, OwnersDecideHowLong) {
    const auto owner = sign_in(make_user(site, "owner")), organiser = sign_in(make_user(site, "organiser"));
    EXPECT_EQ(code_of(set_retention(*organiser, {{"namesHours", 2}})), "FORBIDDEN");
    EXPECT_EQ(set_retention(*owner, {{"namesHours", 25}})["data"]["setRetention"]["errors"][0]["code"], "INVALID");
    EXPECT_EQ(set_retention(*owner, {{"namesHours", 2}, {"leasesDays", 3}})["data"]["setRetention"]["retention"],
              Json({{"namesHours", 2}, {"hoursDays", 400}, {"leasesDays", 3}}));
    const auto seen =
        ask(*organiser, "query($o: ID!) { retention(organisationId: $o) { namesHours } sharing(organisationId: $o) }",
            {{"o", organisation_id()}});
    EXPECT_EQ(seen["data"], Json({{"retention", {{"namesHours", 2}}}, {"sharing", false}}));
    EXPECT_EQ(audited("retention.set"), "1");
}

TEST_F(PrivacyApi, OwnersEraseAndGetAReceipt) {
    const auto id = device_id();
    const auto owner = sign_in(make_user(site, "owner")), organiser = sign_in(make_user(site, "organiser"));
    const auto outsider = sign_in(make_user(make_site("outside"), "owner"));
    EXPECT_EQ(code_of(purge_device(*organiser, id)), "FORBIDDEN");
    EXPECT_EQ(purge_device(*outsider, id)["data"]["purgeDevice"]["errors"][0]["code"], "NOT_FOUND");
    const auto held = ask(*owner, "query($d: ID!) { deviceData(deviceId: $d) }", {{"d", id}});
    EXPECT_TRUE(held["data"]["deviceData"].contains("devices")) << held.dump();
    EXPECT_EQ(code_of(ask(*organiser, "query($d: ID!) { deviceData(deviceId: $d) }", {{"d", id}})), "FORBIDDEN");

    const auto done = purge_device(*owner, id);
    ASSERT_TRUE(done["data"]["purgeDevice"]["receipt"].is_object()) << done.dump();
    EXPECT_EQ(done["data"]["purgeDevice"]["receipt"]["targetId"], id);
    EXPECT_EQ(done["data"]["purgeDevice"]["receipt"]["removed"]["devices"], 1);
    EXPECT_EQ(purge_device(*owner, id)["data"]["purgeDevice"]["errors"][0]["code"], "NOT_FOUND");
    const auto list = "query($o: ID!) { purgeReceipts(organisationId: $o) { edges { node { kind targetId } } } }";
    EXPECT_EQ(ask(*owner, list, {{"o", organisation_id()}})["data"]["purgeReceipts"]["edges"][0]["node"],
              Json({{"kind", "DEVICE"}, {"targetId", id}}));
    EXPECT_EQ(code_of(ask(*organiser, list, {{"o", organisation_id()}})), "FORBIDDEN");
    EXPECT_EQ(audited("device.purged"), "1");
}

TEST_F(PrivacyApi, ErasureAsksWhoIsAtTheKeyboard) {
    const auto id = device_id();
    const auto owner = sign_in(make_user(site, "owner"));
    postgres().sql("update sessions set stepped_up_at = now() - interval '6 minutes', created_at = now() - interval '6 minutes'");
    EXPECT_EQ(code_of(purge_device(*owner, id)), "STEP_UP_REQUIRED");
    EXPECT_EQ(number("select count(*) from devices where router_id = '" + site.router + "'"), "1");
}

TEST_F(PrivacyApi, NamesReachTheQueueOnlyWhenFiveDevicesAndTheOwnerAgree) {
    const auto at = std::chrono::floor<std::chrono::hours>(now) - std::chrono::hours{1};
    std::vector<db::Entry> entries;
    for (std::uint64_t i = 1; i <= 5; ++i) {
        const auto device = "02:00:00:00:03:0" + std::to_string(i);
        entries.push_back(traffic(2 * i, at, device, "www.many-" + site.router.substr(0, 4) + "x.org", 1, 1));
        if (i < 5) entries.push_back(traffic(2 * i + 1, at, device, "www.few-" + site.router.substr(0, 4) + "x.org", 1, 1));
    }
    must(db::ingest(hub, batch(site, entries), now));
    must(db::roll_up_ended(hub));
    must(db::offer_domains(hub));
    const auto queue = [&] {
        return number("select string_agg(domain, ' ') from uncategorised_domains where domain like '%" +
                      site.router.substr(0, 4) + "%'");
    };
    EXPECT_EQ(queue(), "") << "nobody opted in";
    const auto owner = sign_in(make_user(site, "owner"));
    const auto set = ask(*owner, "mutation($i: SetSharingInput!) { setSharing(input: $i) { enabled errors { code } } }",
                         {{"i", {{"organisationId", organisation_id()}, {"enabled", true}}}});
    EXPECT_EQ(set["data"]["setSharing"]["enabled"], true) << set.dump();
    must(db::offer_domains(hub));
    must(db::offer_domains(hub));
    EXPECT_EQ(queue(), "many-" + site.router.substr(0, 4) + "x.org");
    EXPECT_EQ(number("select organisations from uncategorised_domains where domain = '" + queue() + "'"), "1")
        << "it counts once";
}

TEST_F(PrivacyApi, StaffKeepTheSharedList) {
    const auto domain = "wait-" + site.router.substr(0, 8) + ".org";
    postgres().sql("insert into uncategorised_domains (domain, organisations) values ('" + domain + "', 1000)");
    const auto member = sign_in(make_user(site, "owner")), support = staff("support");
    const auto queue = "{ reviewQueue(first: 1) { edges { node { domain organisations } } pageInfo { hasNextPage } } }";
    EXPECT_EQ(code_of(ask(*member, queue)), "FORBIDDEN");
    EXPECT_EQ(ask(*support, queue)["data"]["reviewQueue"]["edges"][0]["node"],
              Json({{"domain", domain}, {"organisations", 1000}}));
    const auto decide = [&](api::Call& call, const Json& input) {
        return ask(call, "mutation($i: DecideCategoryInput!) { decideCategory(input: $i) { version errors { code field } } }",
                   {{"i", input}});
    };
    EXPECT_EQ(code_of(decide(*member, {{"domain", domain}, {"category", "shopping"}})), "FORBIDDEN");
    EXPECT_EQ(decide(*support, {{"domain", domain}, {"category", "nonsense"}})["data"]["decideCategory"]["errors"][0]["code"],
              "NOT_FOUND");
    EXPECT_EQ(decide(*support, {{"domain", "no name"}})["data"]["decideCategory"]["errors"][0]["code"], "INVALID");
    const auto done = decide(*support, {{"domain", domain}, {"category", "shopping"}});
    EXPECT_TRUE(done["data"]["decideCategory"]["version"].is_number()) << done.dump();
    EXPECT_EQ(number("select category_of('www." + domain + "')"), "shopping");
    EXPECT_EQ(number("select state from uncategorised_domains where domain = '" + domain + "'"), "decided");
    EXPECT_EQ(number("select count(*) from audit_log where action = 'category.decided' and target = '" + domain + "'"), "1");
    const auto all = ask(*member, "{ categories { name isSensitive domainCount } }")["data"]["categories"];
    EXPECT_EQ(std::ranges::count_if(all, [](const Json& category) { return category["isSensitive"].get<bool>(); }), 3);
    postgres().sql("delete from domain_categories; delete from uncategorised_domains");
}

}  // namespace
}  // namespace vivi::test
