// vivi-policy as a process, with the files, the time zones and the lists of this machine.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "common/model/configuration.hpp"
#include "common/model/profile.hpp"
#include "common/policy/catalogue.hpp"
#include "tests/adapters/child.hpp"

namespace vivi::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Outcome {
    int code = -1;
    std::string output{};
};

class PolicyProcess : public testing::Test {
protected:
    std::string file(const std::string& name, const std::string& text) const {
        const auto path = folder_ / name;
        std::ofstream{path, std::ios::binary} << text;
        return path;
    }
    std::string file(const std::string& name, const model::Json& json) const { return file(name, json.dump()); }

    Outcome run(std::vector<std::string> arguments) {
        const auto log = folder_ / ("output" + std::to_string(++runs_));
        arguments.insert(arguments.begin(), std::string{VIVI_BIN} + "/vivi-policy");
        Child child{{.command = std::move(arguments), .environment = {}, .output = log, .user = {}}};
        Outcome outcome{.code = child.wait()};
        std::ifstream in{log};
        outcome.output.assign(std::istreambuf_iterator<char>{in}, {});
        return outcome;
    }

    static model::Json policy() {
        return model::Json::parse(R"({
            "time_zone": "Europe/Paris",
            "groups": [{"name": "guests", "devices": ["02:00:00:00:00:01"]}],
            "schedules": [{"name": "nights", "windows": [{"days": ["wed"], "from": "22:00", "to": "06:00"}]}],
            "domains": [{"domain": "example.net"}, {"domain": "example.org", "schedule": "nights"}],
            "services": [{"service": "youtube", "group": "guests"}],
            "addresses": [{"prefix": "192.0.2.0/24", "port": 443, "transport": "udp"}]})");
    }

private:
    TempFolder folder_;
    int runs_ = 0;
};

TEST_F(PolicyProcess, TakesPoliciesProfilesAndConfigurations) {
    model::Problems problems;
    const model::Profile profile{.name = "fair", .policy = model::parse_policy(policy(), "", problems)};
    model::Configuration configuration{
        .revision = 1,
        .networks = {{.name = "lan", .interface = "eth0", .address = parse_ipv4_prefix("10.66.0.1/24").value()}},
        .uplink = {.interface = "eth1"},
        .policy = profile.policy};
    EXPECT_THAT(run({"check", file("policy", policy())}).output, HasSubstr("a policy without problems: 1 groups"));
    EXPECT_THAT(run({"check", file("profile", to_json(profile))}).output, HasSubstr("a profile without problems"));
    const auto whole = run({"check", file("configuration", to_json(configuration))});
    EXPECT_THAT(whole.output, HasSubstr("a configuration without problems"));
    EXPECT_EQ(whole.code, 0);
}

TEST_F(PolicyProcess, SaysEveryProblemOfABadFileAtItsPointer) {
    auto bad = policy();
    bad["mode"] = "open";
    bad["domains"][1]["schedule"] = "days";
    const auto refused = run({"check", file("bad", bad)});
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.output, AllOf(HasSubstr("/mode: must be one of block-listed allow-listed\n"),
                                      HasSubstr("/domains/1/schedule: there is no schedule called days\n")));
    auto edited = to_json(model::Profile{.name = "fair"});
    edited["policy"]["mode"] = "allow-listed";
    EXPECT_THAT(run({"check", file("edited", edited)}).output, HasSubstr("/checksum: does not fit"));
    for (const std::string text : {"", "{", "[]", "null", "\xff\xfe"})
        EXPECT_EQ(run({"check", file("odd", text)}).code, 1) << text;
    EXPECT_EQ(run({"check", "/nowhere/policy.json"}).code, 1);
}

TEST_F(PolicyProcess, ExplainsNamesByTimeDeviceAndLists) {
    const auto path = file("policy", policy());
    const auto night = run({"explain", path, "--name", "www.example.org", "--at", "2026-11-25T22:30"});
    EXPECT_EQ(night.code, 0);
    EXPECT_THAT(night.output,
                AllOf(testing::StartsWith("denied\n"), HasSubstr("rule       domain example.org (deny, everybody)\n"),
                      HasSubstr("pointer    /domains/1\n"), HasSubstr("schedules  nights\n"),
                      HasSubstr("until      2026-11-26 06:00:00\n")));
    const auto day = run({"explain", path, "--name", "www.example.org", "--at", "2026-11-25T21:59"});
    EXPECT_THAT(day.output, AllOf(testing::StartsWith("allowed\n"), HasSubstr("rule       mode block-listed\n"),
                                  HasSubstr("schedules  none holds\n")));
    const auto net = run({"explain", path, "--name", "example.net", "--at", "2026-11-25T12:00"});
    EXPECT_THAT(net.output, HasSubstr("pointer    /domains/0\n"));
    const auto video =
        run({"explain", path, "--device", "02:00:00:00:00:01", "--name", "www.youtube.com", "--lists", VIVI_LISTS});
    EXPECT_THAT(video.output, AllOf(testing::StartsWith("denied\n"), HasSubstr("layer      group_deny\n"),
                                    HasSubstr("rule       service youtube (deny, group guests)\n")));
    EXPECT_THAT(run({"explain", path, "--name", "www.youtube.com", "--lists", VIVI_LISTS}).output,
                testing::StartsWith("allowed\n"));
    EXPECT_THAT(run({"explain", path, "--name", "www.youtube.com"}).output, HasSubstr("not known  service youtube"));
}

TEST_F(PolicyProcess, ExplainsByACompiledCatalogue) {
    policy::CatalogueBuilder builder;
    builder.add("video.example", builder.tag(policy::TagKind::Service, "youtube"), true);
    const auto arena = builder.build().value();
    const auto catalogue = file("catalogue.bin", std::string{as_text(arena)}), path = file("policy", policy());
    EXPECT_THAT(
        run({"explain", path, "--device", "02:00:00:00:00:01", "--name", "video.example", "--catalogue", catalogue}).output,
        testing::StartsWith("denied\n"));
    const auto damaged =
        run({"explain", path, "--name", "video.example", "--catalogue", file("damaged", std::string{as_text(arena)}.substr(1))});
    EXPECT_EQ(damaged.code, 1);
    EXPECT_THAT(damaged.output, HasSubstr("not a catalogue"));
}

TEST_F(PolicyProcess, ExplainsAddresses) {
    const auto path = file("policy", policy());
    EXPECT_THAT(run({"explain", path, "--address", "192.0.2.7", "--port", "443", "--transport", "udp"}).output,
                AllOf(testing::StartsWith("denied\n"), HasSubstr("pointer    /addresses/0\n")));
    EXPECT_THAT(run({"explain", path, "--address", "192.0.2.7", "--port", "443"}).output, testing::StartsWith("allowed\n"));
    EXPECT_THAT(run({"explain", path, "--address", "2001:db8::1"}).output, testing::StartsWith("allowed\n"));
}

TEST_F(PolicyProcess, AProfileOfAPolicyDiffersInNothingAndAChangeIsTold) {
    const auto path = file("policy", policy());
    const auto made = run({"profile", path, "--name", "fair 2026", "--description", "halls 1 to 4"});
    ASSERT_EQ(made.code, 0);
    const auto profile = file("profile", made.output);
    EXPECT_THAT(run({"check", profile}).output, HasSubstr("a profile without problems"));
    EXPECT_EQ(run({"diff", path, profile}).output, "no difference\n");
    auto changed = policy();
    changed["mode"] = "allow-listed";
    changed["domains"].erase(0);
    const auto difference = run({"diff", path, file("changed", changed)});
    EXPECT_EQ(difference.code, 0);
    EXPECT_EQ(difference.output, "~ /mode mode: block-listed → allow-listed\n- /domains/0 domain example.net: decision deny\n");
    EXPECT_EQ(run({"diff", path, file("bad", std::string{"{"})}).code, 1);
}

TEST_F(PolicyProcess, WrongArgumentsAre64) {
    const auto path = file("policy", policy());
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {"check"},
                                               {"guess", path},
                                               {"explain", path},
                                               {"explain", path, "--name", "a.example", "--address", "192.0.2.1"},
                                               {"explain", path, "--name", "https://a.example/"},
                                               {"explain", path, "--name", "a.example", "--at", "tomorrow"},
                                               {"explain", path, "--name", "a.example", "--device", "phone"},
                                               {"explain", path, "--address", "a.example"},
                                               {"explain", path, "--address", "192.0.2.1", "--port", "65536"},
                                               {"explain", path, "--address", "192.0.2.1", "--transport", "icmp"},
                                               {"diff", path},
                                               {"profile", path}})
        EXPECT_EQ(run(arguments).code, 64) << testing::PrintToString(arguments);
    EXPECT_EQ(run({"--version"}).code, 0);
    EXPECT_EQ(run({"--help"}).code, 0);
    EXPECT_THAT(run({"schema"}).output, HasSubstr("json-schema.org/draft/2020-12"));
}

}  // namespace
}  // namespace vivi::test
