// What decides and why, by the API: explain, and the lists that somebody imported.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/api/policy_site.hpp"

namespace vivi::test {
namespace {

TEST_F(PolicyApi, ExplainsWhatTheRouterWouldDo) {
    const Json document{
        {"time_zone", "Europe/Paris"},
        {"groups", {{{"name", "guests"}, {"devices", {laptop}}}}},
        {"schedules", {{{"name", "night"}, {"windows", {{{"from", "22:00"}, {"to", "06:00"}}}}}}},
        {"domains", {{{"domain", "night.example"}, {"schedule", "night"}}, {{"domain", "bad.example"}, {"group", "guests"}}}},
        {"addresses", {{{"prefix", "192.0.2.0/24"}, {"transport", "tcp"}, {"port", 443}}}},
        {"services", {{{"service", "videos"}}, {{"service", "unheard"}}}},
        {"protected_devices", {"02:00:00:00:00:09"}}};
    ASSERT_TRUE(set(document, 1, *owner)["errors"].empty());
    const auto service = explained({{"deviceId", device_id(phone)}, {"name", "www.Videos.example."}}, *owner);
    EXPECT_EQ(service["decision"], "DENY") << service;
    EXPECT_EQ(service["layer"], "EVENT_DENY");
    EXPECT_EQ(service["pointer"], "/services/0");
    EXPECT_EQ(service["tags"], Json::parse(R"([{"kind":"SERVICE","name":"videos","isException":false}])"));
    EXPECT_EQ(service["unknownTags"], Json({"service unheard"}));
    EXPECT_EQ(service["revision"], 2);
    EXPECT_NE(service["rule"].get<std::string>().find("videos"), std::string::npos);

    const auto group = explained({{"mac", laptop}, {"name", "bad.example"}}, *owner);
    EXPECT_EQ(group["layer"], "GROUP_DENY");
    EXPECT_EQ(group["pointer"], "/domains/1") << "its place in the document, whatever schedules leave out";
    EXPECT_EQ(explained({{"mac", phone}, {"name", "bad.example"}}, *owner)["decision"], "ALLOW");
    const auto night = explained({{"mac", phone}, {"name", "night.example"}, {"at", "2026-11-22T21:30:00Z"}}, *owner);
    EXPECT_EQ(night["decision"], "DENY") << "half past ten in Paris";
    EXPECT_EQ(night["schedules"], Json({"night"}));
    EXPECT_EQ(explained({{"mac", phone}, {"name", "night.example"}, {"at", "2026-11-22T20:30:00Z"}}, *owner)["decision"],
              "ALLOW");
    EXPECT_EQ(explained({{"mac", phone}, {"address", "192.0.2.7"}, {"port", 443}, {"transport", "TCP"}}, *owner)["pointer"],
              "/addresses/0");
    EXPECT_EQ(explained({{"mac", phone}, {"address", "192.0.2.7"}, {"port", 80}, {"transport", "TCP"}}, *owner)["decision"],
              "ALLOW");
    EXPECT_EQ(explained({{"mac", "02:00:00:00:00:09"}, {"name", "bad.example"}}, *owner)["standing"], "PROTECTED");
    EXPECT_EQ(explained({{"name", "dash.example"}}, *owner)["layer"], "ESSENTIAL");
}

TEST_F(PolicyApi, ExplainKnowsThatStrictDnsDeniesEncryptedResolvers) {
    std::filesystem::create_directories(lists_folder / "lists/categories");
    std::ofstream{lists_folder / "lists/categories/encrypted-dns.txt"} << "doh.example\n";
    EXPECT_EQ(explained({{"mac", phone}, {"name", "doh.example"}}, *owner)["decision"], "ALLOW");
    postgres().sql("update configurations set document = jsonb_set(document, '{dns,strict}', 'true') where router_id = '" +
                   site.router + "'");
    const auto denied = explained({{"mac", phone}, {"name", "doh.example"}}, *owner);
    EXPECT_EQ(denied["layer"], "CATEGORY") << denied;
    EXPECT_EQ(denied["decision"], "DENY");
    EXPECT_TRUE(denied["pointer"].is_null()) << "no rule of the policy says so";
}

TEST_F(PolicyApi, ExplainRefusesQuestionsThatAreNone) {
    for (const auto& input :
         {Json{{"mac", phone}}, Json{{"name", "a.example"}, {"address", "192.0.2.1"}}, Json{{"name", "no name"}},
          Json{{"address", "nowhere"}}, Json{{"name", "a.example"}, {"mac", "x"}}, Json{{"address", "192.0.2.1"}, {"port", 0}},
          Json{{"name", "a.example"}, {"mac", phone}, {"deviceId", "x"}}})
        EXPECT_EQ(code_of(explained(input, *owner)), "BAD_USER_INPUT") << input;
    EXPECT_EQ(code_of(explained({{"name", "a.example"}, {"deviceId", "x"}}, *owner)), "NOT_FOUND");
    ASSERT_TRUE(set({{"time_zone", "Nowhere/Atlantis"}}, 1, *owner)["errors"].empty());
    EXPECT_EQ(code_of(explained({{"name", "a.example"}}, *owner)), "BAD_USER_INPUT");
}

TEST_F(PolicyApi, AnImportedListDecidesAndItsReportSaysWhatCouldNotBeUsed) {
    const std::string text = "||ads.example^\n||ads.example^\n@@||good.ads.example^\n/banner[0-9]+/\nnot a rule\n";
    const auto imported = ask(
        *owner, import_list,
        {{"input",
          {{"organisationId", organisation_id}, {"name", "ads"}, {"format", "ADGUARD"}, {"text", text}}}})["data"]["importList"];
    ASSERT_TRUE(imported["errors"].empty()) << imported;
    const auto& report = imported["list"]["report"];
    EXPECT_EQ(report["accepted"], 2) << report;
    EXPECT_EQ(report["duplicates"], 1);
    ASSERT_GE(report["examples"].size(), 1u);
    EXPECT_EQ(report["examples"][0]["line"], 4);
    const auto again =
        ask(*owner, import_list,
            {{"input", {{"organisationId", organisation_id}, {"name", "ads"}, {"format", "ADGUARD"}, {"text", text}}}});
    EXPECT_EQ(again["data"]["importList"]["list"]["id"], imported["list"]["id"]) << "the same content is the same list";
    const auto known = ask(*owner, "query ($o: ID!) { lists(organisationId: $o) { name sha256 format bytes } }",
                           {{"o", organisation_id}})["data"]["lists"];
    ASSERT_EQ(known.size(), 1u) << known;
    EXPECT_EQ(known[0]["format"], "ADGUARD");
    EXPECT_EQ(known[0]["bytes"], text.size());

    const Json rule{{"list", "ads"}, {"sha256", imported["list"]["sha256"]}, {"format", "adguard"}};
    ASSERT_TRUE(set({{"lists", {rule}}}, 1, *owner)["errors"].empty());
    const auto denied = explained({{"mac", phone}, {"name", "x.ads.example"}}, *owner);
    EXPECT_EQ(denied["layer"], "LIST") << denied;
    EXPECT_EQ(denied["pointer"], "/lists/0");
    EXPECT_EQ(explained({{"mac", phone}, {"name", "good.ads.example"}}, *owner)["decision"], "ALLOW");
    const auto nothing =
        ask(*owner, import_list,
            {{"input", {{"organisationId", organisation_id}, {"name", "junk"}, {"format", "HOSTS"}, {"text", "???"}}}});
    EXPECT_EQ(nothing["data"]["importList"]["errors"][0]["path"], "text");
}

TEST_F(PolicyApi, AListOfSomebodyElseDecidesNothingHere) {
    const auto theirs = make_site("list-strangers");
    auto stranger_owner = sign_in(make_user(theirs, "owner"));
    const auto imported = ask(*stranger_owner, import_list,
                              {{"input",
                                {{"organisationId", api::to_id("Organisation", theirs.organisation)},
                                 {"name", "secret"},
                                 {"format", "DOMAINS"},
                                 {"text", "secret.example\n"}}}})["data"]["importList"]["list"];
    const Json rule{{"list", "secret"}, {"sha256", imported["sha256"]}, {"format", "domains"}};
    ASSERT_TRUE(set({{"lists", {rule}}}, 1, *owner)["errors"].empty());
    const auto answer = explained({{"mac", phone}, {"name", "secret.example"}}, *owner);
    EXPECT_EQ(answer["decision"], "ALLOW");
    EXPECT_TRUE(answer["tags"].empty());
    EXPECT_EQ(answer["unknownTags"], Json({"list secret"}));
}

}  // namespace
}  // namespace vivi::test
