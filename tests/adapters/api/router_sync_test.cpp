// What is missing of what a router saw, and what of its configuration is not in force, by the API.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* question = R"(query ($id: ID!, $first: Int! = 50, $after: String) { router(id: $id) {
  status { state reasons { code parameters } }
  gaps(first: $first, after: $after) { edges { node { kind producer topic reason missingFrom missingTo since until rows { topic entries bytes } } }
    pageInfo { hasNextPage endCursor } }
  sync { unenforced { part reason } unenforcedRevision trial trialRevision revertedRevision revertedAt revertedReason snapshotAt } } })";

class RouterSyncApi : public Api {
protected:
    Json router(api::Call& call, Json variables = Json::object()) {
        variables["id"] = api::to_id("Router", site.router);
        return ask(call, question, variables)["data"]["router"];
    }
    db::Entry event(std::uint64_t sequence, const std::string& topic, const std::string& members) const {
        return {.sequence = sequence, .topic = topic, .body = envelope(wall_now()) + members + "}"};
    }

    Site site = make_site("sync-api");
    std::unique_ptr<api::Call> viewer = sign_in(make_user(site, "viewer"));
};

TEST_F(RouterSyncApi, OfARouterThatSaidNothingThereIsNothing) {
    const auto answer = router(*viewer);
    EXPECT_TRUE(answer["gaps"]["edges"].empty());
    EXPECT_EQ(answer["sync"], Json({{"unenforced", Json::array()},
                                    {"unenforcedRevision", 0},
                                    {"trial", "NONE"},
                                    {"trialRevision", 0},
                                    {"revertedRevision", nullptr},
                                    {"revertedAt", nullptr},
                                    {"revertedReason", ""},
                                    {"snapshotAt", nullptr}}));
}

TEST_F(RouterSyncApi, GapsSayWhatKindTheyAre) {
    must(db::ingest(
        hub,
        batch(
            site,
            {event(1, "sync.gap", R"("producer":"p","missing_from":3,"missing_to":4,"topic":"traffic.batch")"),
             event(
                 2, "sync.dropped",
                 R"("reason":"bytes","since":1700000000000,"until":1700000100000,"rows":[{"topic":"traffic.batch","entries":12,"bytes":3456}])")}),
        wall_now()));
    const auto first = router(*viewer, {{"first", 1}});
    const auto dropped = first["gaps"]["edges"][0]["node"];
    EXPECT_EQ(dropped["kind"], "DROPPED");
    EXPECT_EQ(dropped["reason"], "bytes");
    EXPECT_EQ(dropped["rows"], Json::array({{{"topic", "traffic.batch"}, {"entries", 12}, {"bytes", 3456}}}));
    EXPECT_EQ(dropped["since"], "2023-11-14T22:13:20.000Z");
    EXPECT_EQ(dropped["producer"], nullptr);
    EXPECT_EQ(first["gaps"]["pageInfo"]["hasNextPage"], true);
    const auto next = router(*viewer, {{"after", first["gaps"]["pageInfo"]["endCursor"]}});
    ASSERT_EQ(next["gaps"]["edges"].size(), 1u);
    EXPECT_EQ(next["gaps"]["edges"][0]["node"]["kind"], "PRODUCER");
    EXPECT_EQ(next["gaps"]["edges"][0]["node"]["missingTo"], 4);
    EXPECT_EQ(next["status"]["state"], "ATTENTION");
    EXPECT_EQ(code_of(ask(*viewer, question, {{"id", api::to_id("Router", site.router)}, {"first", 201}})), "BAD_USER_INPUT");
}

TEST_F(RouterSyncApi, AConfigurationThatWasTakenBackIsBadUntilAnotherIsProven) {
    must(db::ingest(hub,
                    batch(site, {event(1, "config.unconfirmed", R"("revision":4,"state":"pending")"),
                                 event(2, "config.reverted", R"("revision":4,"detail":"no new connection")"),
                                 event(3, "config.drift",
                                       R"("revision":4,"parts":[{"part":"/uplink","reason":"taken back: no new connection"}])")}),
                    wall_now()));
    const auto answer = router(*viewer);
    EXPECT_EQ(answer["sync"]["trial"], "REVERTED");
    EXPECT_EQ(answer["sync"]["revertedRevision"], 4);
    EXPECT_EQ(answer["sync"]["revertedReason"], "no new connection");
    EXPECT_EQ(answer["sync"]["unenforced"], Json::array({{{"part", "/uplink"}, {"reason", "taken back: no new connection"}}}));
    EXPECT_EQ(answer["status"]["state"], "BAD");
    EXPECT_EQ(answer["status"]["reasons"][0]["code"], "CONFIGURATION_REFUSED");
    must(db::ingest(hub, batch(site, {event(4, "config.unconfirmed", R"("revision":5,"state":"confirmed")")}), wall_now()));
    EXPECT_NE(router(*viewer)["status"]["state"], "BAD");
    EXPECT_EQ(router(*viewer)["sync"]["revertedRevision"], 4) << "what happened stays told";
}

}  // namespace
}  // namespace vivi::test
