// The local page as the program serves it: read by anybody, changed by whoever has the PIN, and only from its own forms.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "common/model/configuration.hpp"
#include "common/policy/rules.hpp"
#include "tests/adapters/openvivi-embedded/router.hpp"

namespace vivi::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class LocalSite : public EmbeddedRouter {
public:
    LocalSite() {
        run_to_end({.command = {
                        "/bin/sh", "-c",
                        VIVI_ROOT "/deploy/router/lib/set-pin " + (folder / "pin") + " | tr -d ' \\n' > " + (folder / "typed")}});
        settings = settings.substr(settings.find('\n') + 1);  // Without "no page".
        settings += "page.address = \"127.0.0.1\"\npage.port = " + std::to_string(port) + "\npin.file = \"" + (folder / "pin") +
                    "\"\nlocal.file = \"" + (folder / "local.json") + "\"\nclaim_code.file = \"" + (folder / "claim-code.json") +
                    "\"\nreturn.file = \"" + (folder / "return.json") + "\"\ndial.socket = \"" + (folder / "dial.sock") + "\"\n";
        std::ofstream{folder / "last-good.json"}
            << R"({"v":1,"revision":1,"custody":"","networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],"uplink":{"interface":"uplink0"},"policy":{"mode":"block-listed"}})";
    }
    std::string pin() const { return text_of_file(folder / "typed"); }
    std::string curl(const std::string& arguments) const {
        run_to_end(
            {.command = {"/bin/sh", "-c",
                         "curl -s -m 20 -o " + (folder / "page") + " -D " + (folder / "head") + " " + arguments + " || true"}});
        return text_of_file(folder / "page");
    }
    std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port) + path; }
    std::string page(const std::string& more = "") const { return curl("-b " + (folder / "jar") + " " + more + " " + url("/")); }
    /// A form as a browser sends it; the status line.
    std::string send(const std::string& path, const std::string& fields, const std::string& origin = "") const {
        const auto from = origin.empty() ? "http://127.0.0.1:" + std::to_string(port) : origin;
        curl("-b " + (folder / "jar") + " -c " + (folder / "jar") + " -H 'origin: " + from + "' --data '" + fields + "' " +
             url(path));
        const auto head = text_of_file(folder / "head");
        return head.substr(0, head.find('\r'));
    }
    nlohmann::json changes() const { return nlohmann::json::parse(text_of_file(folder / "local.json"), nullptr, false); }
    void enter() const { EXPECT_THAT(send("/pin", "pin=" + pin()), HasSubstr("303")); }

    std::uint16_t port = free_port();
};

TEST_F(LocalSite, WithoutThePinItOnlyShows) {
    start();
    std::ofstream{folder / "claim-code.json"} << R"({"v":1,"code":"7ZK4T-9QH2M-R","expires_at":4102444800000})";
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    EXPECT_THAT(page(), Not(HasSubstr("7ZK4T")));
    EXPECT_THAT(send("/bypass", "bypass=start"), HasSubstr("303"));
    EXPECT_FALSE(fs::exists(folder / "local.json")) << "nothing was changed";
    enter();
    EXPECT_THAT(page(), testing::AllOf(HasSubstr("7ZK4T-9QH2M-R"), HasSubstr("<svg")));
    EXPECT_THAT(text_of_file(folder / "head"), HasSubstr("content-security-policy: default-src 'none'"));
    EXPECT_THAT(send("/leave", "x=1"), HasSubstr("303"));
    EXPECT_THAT(page(), Not(HasSubstr("7ZK4T")));
}

TEST_F(LocalSite, ShowsAClaimCodeThatJustCameWhateverTheClockSays) {
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    enter();
    std::ofstream{folder / "claim-code.json"} << R"({"v":1,"code":"AAAAA-AAAAA-A","expires_at":1000})";
    EXPECT_THAT(page(), Not(HasSubstr("AAAAA-AAAAA-A"))) << "of whoever wrote the file, and over";
    const auto taken = ask("POST", "/v1/claim-code", R"({"v":1,"code":"7ZK4T-9QH2M-R","expires_at":1000})");
    EXPECT_EQ(taken.status, 200) << taken.text;
    EXPECT_THAT(page(), HasSubstr("7ZK4T-9QH2M-R")) << "the hub's clock is behind this one, or this one is ahead";
}

TEST_F(LocalSite, AnOtherSitesNameGetsTheBlockedPageAndItsFormsNothing) {
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    EXPECT_THAT(page("-H 'host: evil.example'"), HasSubstr("evil.example")) << "DNS rebinding reads that it is blocked";
    enter();
    EXPECT_THAT(send("/bypass", "bypass=start", "http://evil.example"), HasSubstr("403"));
    EXPECT_FALSE(fs::exists(folder / "local.json"));
}

TEST_F(LocalSite, LooksAtFiveWrongPinsOnly) {
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    for (int i = 0; i < 5; ++i) EXPECT_THAT(send("/pin", "pin=00000000x"), HasSubstr("403"));
    EXPECT_THAT(send("/pin", "pin=" + pin()), HasSubstr("429")) << "the right one is not looked at either";
}

TEST_F(LocalSite, SetsTheUplinkAndRefusesOneThatOverlapsALan) {
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    enter();
    send("/uplink", "interface=uplink0&mode=static&address=10.66.1.2%2F24&gateway=10.66.1.1");
    EXPECT_THAT(page(), HasSubstr("overlaps the LAN"));
    EXPECT_FALSE(fs::exists(folder / "local.json"));
    send("/uplink", "interface=uplink0&vlan=20&mode=static&address=192.0.2.2%2F24&gateway=192.0.2.1");
    EXPECT_EQ(changes().at("uplink").at("address"), "192.0.2.2/24");
    EXPECT_THAT(page(), HasSubstr("role=\"status\""));
    send("/uplink", "mode=server");
    EXPECT_FALSE(changes().contains("uplink"));
}

TEST_F(LocalSite, RefusesAnUplinkThatIsNotWiredAsTheFormSays) {
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    enter();
    send("/uplink", "topology=inline&interface=br-lan&mode=dhcp");
    EXPECT_THAT(page(), HasSubstr("interface of its own"));
    send("/uplink", "topology=stick&interface=br-lan&mode=dhcp");
    EXPECT_THAT(page(), HasSubstr("another VLAN"));
    send("/uplink", "topology=one-armed&interface=br-lan&mode=static&gateway=192.0.2.1");
    EXPECT_THAT(page(), HasSubstr("another address of the LAN"));
    EXPECT_FALSE(fs::exists(folder / "local.json"));
    send("/uplink", "topology=stick&interface=br-lan&vlan=20&mode=dhcp");
    EXPECT_EQ(changes().at("uplink").at("vlan"), 20);
    EXPECT_FALSE(changes().contains("trial")) << "nothing worked that could be gone back to";
    send("/reset", "x=1");
    EXPECT_FALSE(changes().contains("uplink"));
}

TEST_F(LocalSite, TakesBackOnceAnUplinkThatReachesNeitherHubNorInternet) {
    std::ofstream{folder / "local.json"}
        << R"({"v":1,"devices":[],"uplink":{"interface":"eth9","mode":"dhcp","masquerade":true},"trial":{"starts":0,"before":{"interface":"eth1","mode":"dhcp","masquerade":true}}})";
    settings += "local.confirm_seconds = 10\nprobe.url = \"http://127.0.0.1:1/\"\n";
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    enter();
    EXPECT_THAT(page(), HasSubstr("On trial"));
    await("the one before", [&] { return changes().at("uplink").at("interface") == "eth1"; });
    EXPECT_FALSE(changes().contains("trial"));
    EXPECT_THAT(page(), testing::AllOf(HasSubstr("Taken back"), HasSubstr("eth9")));
    EXPECT_THAT(log(), HasSubstr("local.uplink_taken_back"));
}

TEST_F(LocalSite, TakesBackAnUplinkThatEndsTheDaemonAgainAndAgain) {
    std::ofstream{folder / "local.json"}
        << R"({"v":1,"devices":[],"uplink":{"interface":"eth9","mode":"dhcp","masquerade":true},"trial":{"starts":3}})";
    start();
    await("the server's", [&] { return !changes().contains("uplink"); });
    EXPECT_FALSE(changes().contains("trial"));
}

TEST_F(LocalSite, SaysWhichRuleBlocksAName) {
    std::ofstream{folder / "last-good.json"}
        << R"({"v":1,"revision":1,"custody":"","networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],"uplink":{"interface":"uplink0"},"policy":{"mode":"block-listed","domains":[{"domain":"video.example","decision":"deny","reason":"the line is thin"}]}})";
    const auto json = nlohmann::json::parse(text_of_file(folder / "last-good.json"));
    const auto configuration = model::parse_configuration(json);
    ASSERT_TRUE(configuration) << configuration.error().front();
    fs::create_directories(folder / "policy");
    const auto rules = policy::compile(configuration->policy, 1);
    std::ofstream{folder / "policy/rules.bin", std::ios::binary} << as_text(rules);
    settings += "policy.folder = \"" + (folder / "policy") + "\"\n";
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    const auto blocked = curl("-H 'host: www.video.example' " + url("/watch"));
    EXPECT_THAT(blocked, testing::AllOf(HasSubstr("domain video.example (deny, everybody)"), HasSubstr("the line is thin")));
    EXPECT_THAT(curl("-H 'host: other.example' " + url("/")), Not(HasSubstr("The rule")));
}

TEST_F(LocalSite, BansADeviceOpensEverythingAndReturns) {
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    enter();
    send("/device", "device=02%3A00%3A00%3A00%3A00%3A01&minutes=10&decision=deny");
    EXPECT_EQ(changes().at("devices").at(0).at("decision"), "deny");
    send("/device", "device=02%3A00%3A00%3A00%3A00%3A01&minutes=10&decision=server");
    EXPECT_TRUE(changes().at("devices").empty());
    send("/bypass", "bypass=start");
    EXPECT_TRUE(changes().contains("bypass_until"));
    send("/bypass", "bypass=end");
    EXPECT_FALSE(changes().contains("bypass_until"));
    send("/return", "sure=no");
    EXPECT_FALSE(fs::exists(folder / "return.json"));
    send("/return", "sure=RETURN");
    EXPECT_EQ(nlohmann::json::parse(text_of_file(folder / "return.json")).at("by"), "router");
}

TEST_F(LocalSite, AGuestReadsAboutItsDevice) {
    start();
    await("the page", [&] { return curl(url("/me")).find("Your device") != std::string::npos; });
    EXPECT_THAT(curl("-H 'accept-language: fr' " + url("/me")), HasSubstr("Votre appareil"));
}

TEST_F(LocalSite, SaysWhomToAskAsTheConfigurationSays) {
    auto document = nlohmann::json::parse(text_of_file(folder / "last-good.json"));
    document["contact"] = "Desk 3";
    std::ofstream{folder / "last-good.json"} << document;
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    EXPECT_THAT(curl("-H 'host: video.example' " + url("/")), HasSubstr("Whom to ask: <strong>Desk 3</strong>"));
}

TEST_F(LocalSite, RefusesALanOfInterfacesThatAreNotThere) {
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    enter();
    send("/topology", "uplink=absent0&lan-absent1=on");
    EXPECT_THAT(page(), HasSubstr("absent1: this router has no such interface"));
    send("/keep", "x=1");
    EXPECT_THAT(page(), HasSubstr("nothing is on trial"));
    EXPECT_FALSE(fs::exists(folder / "local.json"));
}

TEST_F(LocalSite, TakesBackUplinkAndLanTogetherWhenNobodyKeepsTheLan) {
    std::ofstream{folder / "local.json"}
        << R"({"v":1,"devices":[],"lan":["eth8","eth9"],"uplink":{"interface":"eth1","mode":"dhcp","masquerade":true},"trial":{"starts":0,"wants_hub":false,"wants_person":true,"lan_before":["eth1"]}})";
    settings += "local.confirm_seconds = 10\n";
    start();
    await("the page", [&] { return page().find("Not connected") != std::string::npos; });
    enter();
    EXPECT_THAT(page(), HasSubstr("action=\"/keep\""));
    await("those before", [&] { return changes().value("lan", nlohmann::json{}) == nlohmann::json{"eth1"}; });
    EXPECT_FALSE(changes().contains("uplink")) << "the server's";
    EXPECT_FALSE(changes().contains("trial"));
    EXPECT_THAT(page(), testing::AllOf(HasSubstr("Taken back"), HasSubstr("LAN eth8 + eth9")));
}

}  // namespace
}  // namespace vivi::test
