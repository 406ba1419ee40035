// Policies in a real PostgreSQL: read, replaced under an optimistic lock, and agreeing with the devices' bans.
// SPDX-License-Identifier: Apache-2.0

#include "server/db/policies.hpp"
#include "common/model/configuration.hpp"
#include "common/model/profile.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

using Outcome = db::PolicyChange::Outcome;

class Policies : public Database {
protected:
    const WallTime now = wall_now();
    Site site = make_site("policies");
    db::Tenant tenant{site.organisation};

    db::PolicyEdit edit(const std::string& document, std::optional<std::int64_t> base = {}) const {
        return {.router = site.router,
                .base_revision = base,
                .edit = db::replacement(model::Json::parse(document)),
                .action = "policy.replaced"};
    }
    db::PolicyChange change(const std::string& document, std::optional<std::int64_t> base = {}) {
        return must(db::change_policy(api, tenant, edit(document, base)));
    }
    void see(const char* device, std::uint64_t sequence) {
        must(db::ingest(hub, batch(site, {traffic(sequence, now, device, "a.example", 1, 1)}), now));
    }
    std::map<std::string, db::Device> devices() {
        std::map<std::string, db::Device> by_mac;
        for (auto& device : must(db::device_changes(api, tenant, site.router, {})).devices) by_mac[device.mac] = device;
        return by_mac;
    }
};

TEST_F(Policies, AReplacementIsARevisionThatTheHubPassesOn) {
    EXPECT_EQ(must(db::policy(api, tenant, site.router)).desired_revision, 1);
    const auto changed = change(R"({"mode":"allow-listed","domains":[{"domain":"Example.ORG","decision":"allow"}]})", 1);
    ASSERT_EQ(changed.outcome, Outcome::Changed);
    EXPECT_EQ(changed.after.desired_revision, 2);
    EXPECT_EQ(changed.before.mode, model::Mode::BlockListed);
    const auto desired = must(db::desired_configuration(hub, site.link, 1));
    ASSERT_TRUE(desired);
    const auto configuration = model::parse_configuration(*model::parse_json(desired->document));
    ASSERT_TRUE(configuration);
    EXPECT_EQ(configuration->policy, changed.after.policy);
    EXPECT_EQ(configuration->policy.domains.at(0).domain, "example.org");
    EXPECT_EQ(configuration->networks.size(), 1u) << "the rest of the document stays";
    EXPECT_EQ(number("select action || ' ' || (detail->>'revision') from audit_log where target = '" + site.router + "'"),
              "policy.replaced 2");
    EXPECT_EQ(number("select count(*) from configurations where router_id = '" + site.router + "'"), "2") << "revisions stay";
}

TEST_F(Policies, WhoComesSecondIsToldTheRevisionOfTheFirst) {
    ASSERT_EQ(change(R"({"mode":"allow-listed"})", 1).outcome, Outcome::Changed);
    const auto second = change(R"({"mode":"block-listed","time_zone":"Europe/Paris"})", 1);
    EXPECT_EQ(second.outcome, Outcome::Conflict);
    EXPECT_EQ(second.after.desired_revision, 2);
    EXPECT_EQ(second.after.policy.mode, model::Mode::AllowListed);
}

TEST_F(Policies, OfManyAtOnceExactlyOneWinsARevision) {
    int changed = 0, conflicts = 0, done = 0;
    for (int i = 0; i < 8; ++i) {
        auto task = [](db::Pool& pool, db::Tenant owner, db::PolicyEdit request) -> Task<Outcome> {
            const auto made = co_await db::change_policy(pool, owner, request);
            co_return made ? made->outcome : Outcome::Refused;
        };
        net::co_spawn(loop.context(),
                      task(api, tenant, edit(R"({"domains":[{"domain":"d)" + std::to_string(i) + R"(.example"}]})", 1)),
                      [&](std::exception_ptr, Outcome outcome) {
                          ++done;
                          changed += outcome == Outcome::Changed ? 1 : 0;
                          conflicts += outcome == Outcome::Conflict ? 1 : 0;
                      });
    }
    loop.context().restart();
    while (done < 8) loop.context().run_one();
    EXPECT_EQ(changed, 1);
    EXPECT_EQ(conflicts, 7);
}

TEST_F(Policies, EveryProblemHasItsPointerAndNothingIsWritten) {
    const auto refused = change(R"({"mode":"strict","domains":[{"domain":"*.example","group":"nobody"}],"surprise":1})");
    EXPECT_EQ(refused.outcome, Outcome::Refused);
    std::string all;
    for (const auto& problem : refused.problems) all += problem + "\n";
    for (const auto* pointer : {"/mode:", "/domains/0/domain:", "/domains/0/group:", "/surprise:"})
        EXPECT_NE(all.find(pointer), std::string::npos) << pointer << " in\n" << all;
    EXPECT_EQ(must(db::policy(api, tenant, site.router)).desired_revision, 1);
}

TEST_F(Policies, ADocumentThatIsTooLargeIsRefused) {
    model::Json document{{"domains", model::Json::array()}};
    for (int i = 0; i < 5'000; ++i) document["domains"].push_back({{"domain", "name-" + std::to_string(i) + ".example"}});
    const auto refused = change(document.dump());
    ASSERT_EQ(refused.outcome, Outcome::Refused);
    EXPECT_NE(refused.problems.at(0).find("256 KiB"), std::string::npos);
    EXPECT_EQ(must(db::policy(api, tenant, site.router)).desired_revision, 1);
}

TEST_F(Policies, TheSamePolicyIsNoRevision) {
    EXPECT_EQ(change(R"({"mode":"block-listed"})").outcome, Outcome::Same);
    EXPECT_EQ(must(db::policy(api, tenant, site.router)).desired_revision, 1);
}

TEST_F(Policies, ATrialWritesNothing) {
    auto request = edit(R"({"mode":"allow-listed"})");
    request.is_trial = true;
    const auto tried = must(db::change_policy(api, tenant, request));
    EXPECT_EQ(tried.outcome, Outcome::Changed);
    EXPECT_EQ(tried.after.policy.mode, model::Mode::AllowListed);
    EXPECT_EQ(must(db::policy(api, tenant, site.router)).policy.mode, model::Mode::BlockListed);
}

TEST_F(Policies, TheDashboardAndTheHubAreNeverBlocked) {
    auto request = edit(R"({"mode":"allow-listed","never_blocked":["own.example"]})");
    request.never_blocked = {"Dash.Example.", "hub.example", "own.example"};
    const auto changed = must(db::change_policy(api, tenant, request));
    EXPECT_EQ(changed.after.policy.never_blocked, (std::vector<std::string>{"own.example", "dash.example", "hub.example"}));
}

TEST_F(Policies, BansInTheDocumentAndInTheDevicesTableAgree) {
    see(phone, 1);
    see(laptop, 2);
    const auto id = devices().at(laptop).id;
    must(db::set_device_banned(api, tenant, {.device = id, .is_banned = true, .reason = "noise"}));
    const auto before = must(db::router(api, tenant, site.router)).revision;
    // The document bans the phone, and a device that was never here; the laptop's ban is not in it any more.
    change(R"({"devices":[{"device":"02:00:00:00:00:01","decision":"deny","reason":"spam"},
                          {"device":"02:00:00:00:00:03","decision":"deny","reason":"unseen"},
                          {"device":"02:00:00:00:00:02","decision":"deny","until":4000000000000}]})");
    const auto rows = devices();
    EXPECT_EQ(rows.at(phone).ban_state, db::BanState::Sent);
    EXPECT_EQ(rows.at(phone).ban_reason, "spam");
    EXPECT_EQ(rows.at(laptop).ban_state, db::BanState::Sent);
    ASSERT_TRUE(rows.at(laptop).banned_until);
    EXPECT_EQ(to_unix_ms(*rows.at(laptop).banned_until), 4'000'000'000'000)
        << "a rule that ends by itself is a ban that ends by itself";
    EXPECT_EQ(must(db::device_changes(api, tenant, site.router, {before, 0})).devices.size(), 2u) << "viewers hear of both";

    see("02:00:00:00:00:03", 3);
    EXPECT_EQ(devices().at("02:00:00:00:00:03").ban_reason, "unseen");
    const auto lifted = must(db::set_device_banned(api, tenant, {.device = devices().at("02:00:00:00:00:03").id}));
    EXPECT_EQ(lifted.device.ban_reason, "");
    const auto policy = must(db::policy(api, tenant, site.router)).policy;
    ASSERT_EQ(policy.devices.size(), 2u);
    EXPECT_EQ(policy.devices[0].device, *parse_mac(phone));
    EXPECT_EQ(policy.devices[1].device, *parse_mac(laptop)) << "a click takes back one device's bans only";
}

TEST_F(Policies, AProtectedDeviceIsNotBannedWhateverTheRulesSay) {
    see(phone, 1);
    change(R"({"devices":[{"device":"02:00:00:00:00:01","decision":"deny"}],"protected_devices":["02:00:00:00:00:01"]})");
    EXPECT_EQ(devices().at(phone).ban_state, db::BanState::None);
    EXPECT_EQ(run(db::set_device_banned(api, tenant, {.device = devices().at(phone).id, .is_banned = true})).error().code,
              Code::Denied);
}

TEST_F(Policies, AReasonOfManyCharactersStillMakesADocumentARouterTakes) {
    see(phone, 1);
    std::string reason;
    for (int i = 0; i < 200; ++i) reason += "\xf0\x9f\x8e\xaa";
    must(db::set_device_banned(api, tenant, {.device = devices().at(phone).id, .is_banned = true, .reason = reason}));
    EXPECT_EQ(must(db::policy(api, tenant, site.router)).policy.devices.size(), 1u);
}

TEST_F(Policies, AnotherOrganisationFindsNothing) {
    const db::Tenant stranger{make_site("policy-strangers").organisation};
    EXPECT_EQ(run(db::policy(api, stranger, site.router)).error().code, Code::NotFound);
    EXPECT_EQ(run(db::change_policy(api, stranger, edit(R"({"mode":"allow-listed"})"))).error().code, Code::NotFound);
    EXPECT_EQ(must(db::policy(api, tenant, site.router)).desired_revision, 1);
}

TEST_F(Policies, AnOperatorSetsAndGetsThemAtTheCommandLine) {
    const auto url = postgres().owner_url();
    EXPECT_EQ(
        must(db::set_policy(url, {.router = site.router, .text = R"({"mode":"allow-listed"})", .never_blocked = {"d.example"}})),
        "2");
    EXPECT_EQ(
        must(db::set_policy(url, {.router = site.router, .text = R"({"mode":"allow-listed"})", .never_blocked = {"d.example"}})),
        "2")
        << "the same is no revision";
    const auto text = must(db::get_policy(url, site.router));
    EXPECT_EQ(model::Json::parse(text)["never_blocked"][0], "d.example");
    EXPECT_EQ(must(db::set_policy(url, {.router = site.router, .text = text})), "2");
    EXPECT_EQ(db::set_policy(url, {.router = site.router, .text = text, .base_revision = 1}).error().code, Code::Conflict);
    EXPECT_NE(db::set_policy(url, {.router = site.router, .text = R"({"mode":1})"}).error().detail.find("/mode"),
              std::string::npos);
    const model::Profile profile{.name = "fair", .policy = {.devices = {{.device = *parse_mac(phone)}}}};
    auto file = model::to_json(profile);
    EXPECT_EQ(must(db::set_policy(url, {.router = site.router, .text = file.dump()})), "3");
    const auto loaded = must(db::policy(api, tenant, site.router)).policy;
    EXPECT_EQ(loaded.devices.size(), 1u);
    EXPECT_EQ(loaded.never_blocked, std::vector<std::string>{"d.example"}) << "the router's own stay";
    file["policy"]["mode"] = "allow-listed";
    EXPECT_NE(db::set_policy(url, {.router = site.router, .text = file.dump()}).error().detail.find("checksum"),
              std::string::npos)
        << "changed after it was saved";
    const auto nobody = db::get_policy(url, "00000000-0000-4000-8000-000000000000");
    EXPECT_EQ(nobody.error().code, Code::NotFound);
}

TEST_F(Policies, AnOperatorReplacesMembersOfTheConfiguration) {
    const auto url = postgres().owner_url();
    const auto set = [&](const std::string& text) { return db::set_configuration(url, site.router, text); };
    EXPECT_EQ(must(set(R"({"dns":{"strict":true}})")), "2");
    const auto document = model::Json::parse(must(db::get_configuration(url, site.router)));
    EXPECT_EQ(document["dns"]["strict"], true);
    EXPECT_FALSE(document["networks"].empty()) << "what was not named stays";
    EXPECT_EQ(must(set(R"({"dns":{"strict":true}})")), "2") << "the same is no revision";
    EXPECT_EQ(set(R"({"revision":9})").error().detail, "/revision: is not decided here; leave it out");
    EXPECT_NE(set(R"({"dns":{"strikt":true},"firewall":{"ipv6":"maybe"}})").error().detail.find("/dns/strikt"),
              std::string::npos);
    EXPECT_EQ(set("[]").error().code, Code::Invalid);
}

}  // namespace
}  // namespace vivi::test
