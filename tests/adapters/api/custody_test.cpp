// Routers from hand to hand by the API: claimed by a code, renamed, returned; how they are; what strangers and guessers learn.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/custody.hpp"

#include "common/core/claim_code.hpp"
#include "server/api/ids.hpp"
#include "server/db/held.hpp"
#include "server/db/policies.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class CustodyApi : public Api {
protected:
    Site site = make_site("custody");
    std::string organisation_id = api::to_id("Organisation", site.organisation);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    void SetUp() override { postgres().sql("delete from claim_guesses"); }

    static std::string new_key() {
        static int count = 0;
        return "SHA256:custody-key-" + std::to_string(++count);
    }
    /// A pending router, and the code it shows.
    std::string offer(const std::string& key) {
        must(db::note_pending(hub, key));
        const auto code = make_claim_code(crypto_bytes());
        must(db::offer_claim_code(hub, key, db::claim_code_hash(*parse_claim_code(code))));
        return code;
    }
    static Bytes crypto_bytes() {
        static std::uint8_t count = 0;
        ++count;
        return Bytes(8, static_cast<std::byte>(count));
    }
    Json mutate(api::Call& call, const std::string& name, const std::string& input_type, const std::string& fields,
                const Json& input) {
        const auto query = "mutation ($input: " + input_type + "!) { " + name + "(input: $input) { " + fields + " } }";
        const auto answer = ask(call, query, {{"input", input}});
        if (answer.contains("errors") && code_of(answer) != "FORBIDDEN") return answer;
        return payload_of(answer, name);
    }
    Json claim(const std::string& code, api::Call& call, const std::string& organisation, Json input = Json::object()) {
        input["organisationId"] = organisation;
        input["code"] = code;
        if (!input.contains("name")) input["name"] = "Hall A";
        return mutate(call, "claimRouter", "ClaimRouterInput",
                      "router { id name desiredRevision policy { document } custodyStartedAt status { state reasons { code "
                      "parameters } } } errors { code field message }",
                      input);
    }
    Json give_back(const std::string& router_id, api::Call& call) {
        return mutate(call, "returnRouter", "ReturnRouterInput", "routerId errors { code }", {{"routerId", router_id}});
    }
};

TEST_F(CustodyApi, ACodeMakesARouterTheirsOnce) {
    const auto key = new_key();
    const auto code = offer(key);
    auto typed = code;
    for (auto& c : typed) c = static_cast<char>(std::tolower(c));
    const auto claimed = claim(typed, *owner, organisation_id);
    ASSERT_TRUE(claimed["errors"].empty()) << claimed;
    const auto& router = claimed["router"];
    EXPECT_EQ(router["name"], "Hall A");
    EXPECT_EQ(router["desiredRevision"], 1);
    EXPECT_EQ(router["policy"]["document"]["mode"], "block-listed");
    EXPECT_FALSE(router["custodyStartedAt"].is_null());
    EXPECT_EQ(router["status"]["state"], "ATTENTION");
    EXPECT_EQ(router["status"]["reasons"][0]["code"], "NEVER_SEEN");
    EXPECT_EQ(must(db::find_enrolment(hub, key)).organisation, site.organisation);
    EXPECT_EQ(number("select count(*) from audit_log where action = 'router.claimed' and organisation_id = '" +
                     site.organisation + "'"),
              "1");

    const auto again = claim(code, *owner, organisation_id);
    EXPECT_EQ(again["errors"][0]["code"], "UNKNOWN_CODE") << again;
    EXPECT_TRUE(again["router"].is_null());
}

TEST_F(CustodyApi, ACodeEndsWithItsHalfHourAndWithTheNextOne) {
    const auto key = new_key();
    const auto first = offer(key);
    const auto second = offer(key);
    EXPECT_EQ(claim(first, *owner, organisation_id)["errors"][0]["code"], "UNKNOWN_CODE") << "replaced";
    postgres().sql("update claim_codes set expires_at = now() - interval '1 second'");
    EXPECT_EQ(claim(second, *owner, organisation_id)["errors"][0]["code"], "UNKNOWN_CODE") << "over";
    EXPECT_EQ(run(db::offer_claim_code(hub, "SHA256:nobody", std::string(64, 'a'))).error().code, Code::NotFound);
}

TEST_F(CustodyApi, GuessesAreCountedAndEnd) {
    const auto code = offer(new_key());
    std::string outcome;
    for (int i = 0; i < 10; ++i)
        outcome = claim(make_claim_code(Bytes(8, static_cast<std::byte>(200 + i))), *owner, organisation_id)["errors"][0]["code"];
    EXPECT_EQ(outcome, "UNKNOWN_CODE");
    const auto throttled = claim(code, *owner, organisation_id);
    EXPECT_EQ(throttled["errors"][0]["code"], "TOO_MANY_ATTEMPTS") << throttled << "; even the right one";
    EXPECT_EQ(claim("nonsense", *owner, organisation_id)["errors"][0]["code"], "MISTYPED_CODE")
        << "what cannot be a code is no guess";
    postgres().sql("update claim_guesses set ends_at = now() - interval '1 second'");
    EXPECT_TRUE(claim(code, *owner, organisation_id)["errors"].empty()) << "a quarter of an hour later";
    EXPECT_EQ(number("select count(*) from audit_log where action = 'router.claim_refused' and organisation_id = '" +
                     site.organisation + "'"),
              "10");

    // From one address, whoever it is.
    postgres().sql("update claim_guesses set guesses = 30 where subject = 'address:192.0.2.1'");
    auto other = sign_in(make_user(site, "organiser"));
    EXPECT_EQ(claim(offer(new_key()), *other, organisation_id)["errors"][0]["code"], "TOO_MANY_ATTEMPTS");
}

TEST_F(CustodyApi, AConfigurationThatNoRouterTakesIsRefusedBeforeTheCodeIsUsed) {
    const auto code = offer(new_key());
    const auto refused = claim(code, *owner, organisation_id, {{"name", ""}, {"configuration", {{"networks", "none"}}}});
    EXPECT_GE(refused["errors"].size(), 2u) << refused;
    EXPECT_EQ(refused["errors"][0]["field"], "name");
    EXPECT_EQ(refused["errors"][1]["field"], "configuration");
    const auto taken = claim(code, *owner, organisation_id, {{"configuration", Json::parse(minimal_configuration)}});
    EXPECT_TRUE(taken["errors"].empty()) << taken;
}

TEST_F(CustodyApi, ReturnedItIsNobodysAndTheNextOneFindsNothing) {
    const auto now = wall_now();
    const auto fingerprint = number("select fingerprint from routers where id = '" + site.router + "'");
    must(db::ingest(hub, batch(site, {traffic(1, now, phone, "secret.example", 1'000, 2'000)}), now));
    const auto router_id = api::to_id("Router", site.router);
    auto organiser = sign_in(make_user(site, "organiser"));
    EXPECT_EQ(give_back(router_id, *organiser)["errors"][0]["code"], "FORBIDDEN");
    postgres().sql("update sessions set stepped_up_at = null, created_at = now() - interval '1 hour'");
    const auto token = std::exchange(owner->token, "");
    EXPECT_EQ(code_of(give_back(router_id, *owner)), "STEP_UP_REQUIRED") << "without a session nobody has proven who they are";
    owner->token = token;
    ask(*owner, "mutation ($p: String!) { stepUp(input: {password: $p}) { errors { code } } }", {{"p", password}});
    const auto returned = give_back(router_id, *owner);
    ASSERT_EQ(returned["routerId"], router_id) << returned;
    EXPECT_TRUE(ask(*owner, "{ routers { id } }")["data"]["routers"].empty());
    EXPECT_EQ(run(db::desired_configuration(hub, site.link, 0)).error().code, Code::Denied) << "the hub ends its session";
    EXPECT_EQ(run(db::ingest(hub, batch(site, {traffic(2, now, phone, "late.example", 1, 1)}), now)).error().code, Code::Denied);
    EXPECT_EQ(number("select ended_at is not null from custodies where router_id = '" + site.router + "'"), "t");
    EXPECT_EQ(give_back(router_id, *owner)["errors"][0]["code"], "NOT_FOUND");

    // The same machine with another organisation.
    const auto theirs = make_site("custody-next");
    auto next = sign_in(make_user(theirs, "owner"));
    const auto enrolment = must(db::find_enrolment(hub, fingerprint));
    EXPECT_EQ(enrolment.state, db::RouterState::Pending);
    EXPECT_NE(enrolment.router, site.router);
    const auto claimed = claim(offer(fingerprint), *next, api::to_id("Organisation", theirs.organisation));
    ASSERT_TRUE(claimed["errors"].empty()) << claimed;
    const auto link = must(db::start_session(hub, must(db::find_enrolment(hub, fingerprint)), "hub-2"));
    const Site again{.organisation = theirs.organisation, .router = link.router, .link = link};
    must(db::ingest(hub, batch(again, {traffic(1, now, phone, "new.example", 1, 1)}, std::string(32, 'b')), now));
    const auto seen = ask(*next, "query ($r: ID!) { devices(routerId: $r) { edges { node { mac bytesDown } } } }",
                          {{"r", claimed["router"]["id"]}});
    ASSERT_EQ(seen["data"]["devices"]["edges"].size(), 1u) << seen;
    EXPECT_EQ(seen["data"]["devices"]["edges"][0]["node"]["bytesDown"], 1);
    EXPECT_EQ(number("select organisation_id::text || ' ' || bytes_down from devices where router_id = '" + site.router + "'"),
              site.organisation + " 2000")
        << "what was seen before stays where it was filed";
}

TEST_F(CustodyApi, TheReceiptOfAReturnedRouterIsSeenByWhoseItWasAndByStaff) {
    const auto fingerprint = number("select fingerprint from routers where id = '" + site.router + "'");
    const auto custody = number("select custody_id from routers where id = '" + site.router + "'");
    const auto fields = " { edges { node { routerId name fingerprint returnedAt wipedAt receipt } } pageInfo { hasNextPage } }";
    const auto list = "query ($o: ID!) { returnedRouters(organisationId: $o)" + std::string{fields} + " }";
    const auto returned = [&](api::Call& call) { return ask(call, list, {{"o", organisation_id}}); };
    EXPECT_TRUE(returned(*owner)["data"]["returnedRouters"]["edges"].empty());
    ASSERT_EQ(give_back(api::to_id("Router", site.router), *owner)["routerId"], api::to_id("Router", site.router));
    const auto waiting = returned(*owner)["data"]["returnedRouters"]["edges"][0]["node"];
    EXPECT_EQ(waiting["routerId"], api::to_id("Router", site.router));
    EXPECT_FALSE(waiting["returnedAt"].is_null());
    EXPECT_TRUE(waiting["wipedAt"].is_null()) << "the router has not said anything";
    EXPECT_TRUE(waiting["receipt"].is_null());

    must(db::file_receipt(hub, fingerprint, custody, R"({"custody":"x","by":"server","at":1,"wiped":{"leases":3}})"));
    const auto filed = returned(*owner)["data"]["returnedRouters"]["edges"][0]["node"];
    EXPECT_FALSE(filed["wipedAt"].is_null());
    EXPECT_EQ(filed["receipt"]["wiped"]["leases"], 3);

    EXPECT_EQ(code_of(returned(*sign_in(make_user(site, "organiser")))), "FORBIDDEN");
    EXPECT_EQ(code_of(returned(*sign_in(make_user(make_site("receipt-strangers"), "owner")))), "NOT_FOUND");
    EXPECT_EQ(code_of(returned(*stranger())), "UNAUTHENTICATED");

    postgres().sql(
        "insert into users (email, name, password_hash, staff_role) select 'receipts@staff.example', 'x', password_hash,"
        " 'support' from users limit 1");
    const auto support = sign_in("receipts@staff.example");
    const auto all = ask(*support, "{ staff { returnedRouters(first: 100)" + std::string{fields} + " } }");
    const auto& edges = all["data"]["staff"]["returnedRouters"]["edges"];
    EXPECT_TRUE(std::ranges::any_of(edges, [&](const Json& edge) { return edge["node"]["receipt"] == filed["receipt"]; })) << all;
    EXPECT_EQ(code_of(ask(*owner, "{ staff { returnedRouters { edges { cursor } } } }")), "FORBIDDEN");
}

TEST_F(CustodyApi, RenamesAndTells) {
    const auto router_id = api::to_id("Router", site.router);
    const auto rename = [&](const std::string& name, api::Call& call) {
        return mutate(call, "renameRouter", "RenameRouterInput", "router { name } errors { code }",
                      {{"routerId", router_id}, {"name", name}});
    };
    EXPECT_EQ(rename("Hall B", *owner)["router"]["name"], "Hall B");
    EXPECT_EQ(ask(*owner, "{ routers { name } }")["data"]["routers"][0]["name"], "Hall B");
    EXPECT_FALSE(bus.published().empty());
    EXPECT_EQ(rename("", *owner)["errors"][0]["code"], "INVALID");
    EXPECT_EQ(rename("x", *sign_in(make_user(site, "operator")))["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(rename("x", *sign_in(make_user(make_site("rename-strangers"), "owner")))["errors"][0]["code"], "NOT_FOUND");
}

TEST_F(CustodyApi, SaysHowARouterIs) {
    const auto status = [&] {
        return ask(*owner, "{ routers { status { state reasons { code parameters } } } }")["data"]["routers"][0]["status"];
    };
    must(db::note_hello(hub, site.link, "vivi 1", "boot", 1));
    EXPECT_EQ(status()["state"], "GOOD") << status();
    postgres().sql("update routers set last_seen_at = now() - interval '2 minutes' where id = '" + site.router + "'");
    postgres().sql("insert into sync_gaps (organisation_id, router_id, detail) values ('" + site.organisation + "', '" +
                   site.router + "', '{}')");
    const auto bad = status();
    EXPECT_EQ(bad["state"], "BAD") << bad;
    EXPECT_EQ(bad["reasons"][0]["code"], "OFFLINE");
    EXPECT_EQ(bad["reasons"][1]["code"], "GAPS");
}

TEST_F(CustodyApi, AnOperatorMakesACodeAtTheCommandLine) {
    const auto key = new_key();
    const auto code = must(db::offer_claim_code(postgres().owner_url(), key));
    EXPECT_TRUE(claim(code, *owner, organisation_id)["errors"].empty()) << "a key that was never seen";
    EXPECT_EQ(db::offer_claim_code(postgres().owner_url(), key).error().code, Code::Conflict) << "it is somebody's";
}

TEST_F(CustodyApi, RolesAndStrangers) {
    const auto code = offer(new_key());
    EXPECT_EQ(claim(code, *sign_in(make_user(site, "operator")), organisation_id)["errors"][0]["code"], "FORBIDDEN");
    auto theirs = sign_in(make_user(make_site("claim-strangers"), "owner"));
    EXPECT_EQ(claim(code, *theirs, organisation_id)["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(code_of(claim(code, *stranger(), organisation_id)), "UNAUTHENTICATED");
    EXPECT_EQ(give_back(api::to_id("Router", site.router), *theirs)["errors"][0]["code"], "NOT_FOUND");
}

}  // namespace
}  // namespace vivi::test
