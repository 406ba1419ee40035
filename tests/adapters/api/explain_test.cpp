// The tester of the dashboard and the command for people say the same of the same document, word for word.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* set_policy = R"(mutation ($r: ID!, $document: JSON!) {
  setPolicy(input: {routerId: $r, baseRevision: 1, document: $document}) { policy { document } errors { message path } } })";
constexpr const char* explain = R"(query ($input: ExplainInput!) { explain(input: $input) {
  decision layer rule pointer standing schedules } })";

class Explain : public Api {
protected:
    Site site = make_site("explain");
    std::string router_id = api::to_id("Router", site.router);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    /// What vivi-policy prints, by the word in front: {"": "denied", "layer": "event_deny", …}.
    std::map<std::string, std::string> command(const Json& question) {
        std::vector<std::string> line{VIVI_BIN "/vivi-policy", "explain", lists_folder / "policy.json", "--lists",
                                      lists_folder / "lists"};
        for (const auto& [api_word, option] :
             {std::pair{"mac", "--device"}, {"name", "--name"}, {"address", "--address"}, {"at", "--at"}}) {
            if (!question.contains(api_word)) continue;
            auto value = question[api_word].get<std::string>();
            if (value.ends_with('Z')) value.pop_back();  // The policy's zone is UTC: local time is the same.
            line.insert(line.end(), {option, value});
        }
        if (question.contains("port")) line.insert(line.end(), {"--port", std::to_string(question["port"].get<int>())});
        if (question.value("transport", "TCP") == "UDP") line.insert(line.end(), {"--transport", "udp"});
        std::filesystem::remove(lists_folder / "output");  // A child appends.
        Child child{{.command = line, .environment = {}, .output = lists_folder / "output", .user = {}}};
        EXPECT_EQ(child.wait(), 0) << question;
        std::ifstream output{lists_folder / "output"};
        std::map<std::string, std::string> said;
        std::getline(output, said[""]);
        for (std::string text; std::getline(output, text);) {
            std::istringstream words{text};
            std::string key, rest;
            words >> key >> std::ws;
            std::getline(words, rest);
            said.emplace(key, rest);
        }
        return said;
    }
    Json question_to_api(Json question) {
        question["routerId"] = router_id;
        return ask(*owner, explain, {{"input", question}})["data"]["explain"];
    }
};

TEST_F(Explain, SaysWhatTheCommandSays) {
    for (const auto* kind : {"services", "categories"})
        std::filesystem::create_directories(lists_folder / (std::string{"lists/"} + kind));
    std::ofstream{lists_folder / "lists/services/videos.txt"} << "videos.example\n";
    std::ofstream{lists_folder / "lists/categories/games.txt"} << "games.example\nvideos.example\n";
    const Json document = Json::parse(R"({
        "mode":"allow-listed","new_devices":"ask","time_zone":"UTC",
        "groups":[{"name":"crew","devices":["02:00:00:00:00:02"],"mode":"block-listed"}],
        "schedules":[{"name":"night","windows":[{"from":"22:00","to":"06:00"}]}],
        "devices":[{"device":"02:00:00:00:00:01","decision":"allow"},{"device":"02:00:00:00:00:02","decision":"allow"},
                   {"device":"02:00:00:00:00:03","decision":"deny","reason":"noise"}],
        "domains":[{"domain":"late.example","decision":"allow","schedule":"night"},{"domain":"open.example","decision":"allow"},
                   {"domain":"shut.open.example"},{"domain":"own.example","decision":"allow","device":"02:00:00:00:00:01"}],
        "addresses":[{"prefix":"192.0.2.0/24","transport":"tcp","port":443,"decision":"allow"}],
        "categories":[{"category":"games","decision":"allow"}],
        "services":[{"service":"videos","group":"crew"}],
        "protected_devices":["02:00:00:00:00:04"]})");
    const auto set = ask(*owner, set_policy, {{"r", router_id}, {"document", document}})["data"]["setPolicy"];
    ASSERT_TRUE(set["errors"].empty()) << set;
    std::ofstream{lists_folder / "policy.json"} << set["policy"]["document"];

    std::size_t questions = 0, denied = 0;
    const auto compare = [&](const Json& question) {
        const auto by_api = question_to_api(question);
        auto by_command = command(question);
        ASSERT_TRUE(by_api.is_object()) << question;
        ++questions;
        denied += by_api["decision"] == "DENY" ? 1U : 0U;
        EXPECT_EQ(by_command[""], by_api["decision"] == "DENY" ? "denied" : "allowed") << question;
        auto layer = by_api["layer"].get<std::string>();
        for (auto& letter : layer) letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
        EXPECT_EQ(by_command["layer"], layer) << question;
        EXPECT_EQ(by_command["rule"], by_api["rule"].get<std::string>()) << question;
        EXPECT_EQ(by_command["pointer"], by_api["pointer"].is_null() ? "none" : by_api["pointer"].get<std::string>()) << question;
        EXPECT_EQ(by_command["schedules"], by_api["schedules"].empty() ? "none holds" : "night") << question;
    };
    for (const auto* device :
         {"02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03", "02:00:00:00:00:04", "02:00:00:00:00:05", ""}) {
        for (const auto* at : {"2026-11-25T12:00:00Z", "2026-11-25T23:00:00Z"}) {
            Json asked{{"at", at}};
            if (*device != '\0') asked["mac"] = device;
            for (const auto* name : {"late.example", "x.shut.open.example", "own.example", "www.videos.example", "dash.example",
                                     "unheard.example"}) {
                auto question = asked;
                question["name"] = name;
                compare(question);
            }
            asked["address"] = "192.0.2.7";
            compare(asked);
            asked["port"] = 443;
            compare(asked);
            asked["transport"] = "UDP";
            compare(asked);
        }
    }
    EXPECT_EQ(questions, 108u);
    EXPECT_GT(denied, 10u);
    EXPECT_LT(denied, 98u);
}

TEST_F(Explain, ServicesAreNamedByTheShippedLists) {
    std::filesystem::create_directories(lists_folder / "lists/services");
    std::filesystem::create_directories(lists_folder / "lists/categories");
    std::ofstream{lists_folder / "lists/services/tubular.txt"}
        << "# title: Tubular TV\n# category: entertainment\ntubular.example\n";
    std::ofstream{lists_folder / "lists/services/plain.txt"} << "plain.example\n";
    std::ofstream{lists_folder / "lists/categories/entertainment.txt"} << "tubular.example\n";
    const auto services = ask(*owner, "{services{name title category}}")["data"]["services"];
    EXPECT_EQ(services, Json::parse(R"([{"name":"plain","title":"plain","category":null},
                                        {"name":"tubular","title":"Tubular TV","category":"entertainment"}])"));
}

}  // namespace
}  // namespace vivi::test
