// A site whose router has a policy, devices and lists: what tests of policies by the API share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>

#include "server/api/ids.hpp"
#include "server/db/policies.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {

inline constexpr const char* set_policy = R"(mutation ($r: ID!, $base: Revision!, $document: JSON!) {
  setPolicy(input: {routerId: $r, baseRevision: $base, document: $document}) {
    router { desiredRevision } policy { revision document } errors { code message path } } })";
inline constexpr const char* decide = R"(mutation ($r: ID!, $domain: String!, $device: ID, $minutes: Int) {
  VERB(input: {routerId: $r, domain: $domain, deviceId: $device, minutes: $minutes}) {
    policy { revision document } errors { code message path } } })";
inline constexpr const char* explain = R"(query ($input: ExplainInput!) { explain(input: $input) {
  decision layer rule pointer standing mode schedules tags { kind name isException } unknownTags revision at } })";
inline constexpr const char* import_list = R"(mutation ($input: ImportListInput!) { importList(input: $input) {
  list { id name sha256 format report bytes } errors { code message path } } })";

class PolicyApi : public Api {
protected:
    const WallTime now = wall_now();
    Site site = make_site("policy-api");
    std::string router_id = api::to_id("Router", site.router);
    std::string organisation_id = api::to_id("Organisation", site.organisation);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    void SetUp() override {
        must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 1, 1), traffic(2, now, laptop, "a.example", 1, 1)}),
                        now));
        std::filesystem::create_directories(lists_folder / "lists/services");
        std::ofstream{lists_folder / "lists/services/videos.txt"} << "videos.example\ncdn-of-videos.example\n";
    }
    Json set(const Json& document, std::int64_t base, api::Call& call) {
        return payload_of(ask(call, set_policy, {{"r", router_id}, {"base", base}, {"document", document}}), "setPolicy");
    }
    Json click(const std::string& verb, Json variables, api::Call& call) {
        variables["r"] = router_id;
        std::string query = decide;
        query.replace(query.find("VERB"), 4, verb);
        return payload_of(ask(call, query, variables), verb);
    }
    Json explained(Json input, api::Call& call) {
        input["routerId"] = router_id;
        const auto answer = ask(call, explain, {{"input", input}});
        return answer.contains("errors") ? answer : answer["data"]["explain"];
    }
    std::string device_id(const std::string& mac) {
        return api::to_id("Device",
                          number("select id from devices where mac = '" + mac + "' and router_id = '" + site.router + "'"));
    }
    std::int64_t desired() { return must(db::policy(api, {site.organisation}, site.router)).desired_revision; }
};

}  // namespace vivi::test
