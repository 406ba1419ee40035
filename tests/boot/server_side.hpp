// The server as it is deployed, for a booted router to dial: hub, vivi-server, their services, and vivi-admin at the console.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>

#include "common/ssh/keys.hpp"
#include "tests/adapters/openvivi-embedded/client.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::test {

class ServerSide {
public:
    ServerSide() {
        admin("migrate");
        command_key = admin("command-key " + (folder_ / "command_key"));
        organisation_ = admin("create-organisation Fest");
        admin("create-user --email sam@vivi.example --name Sam --staff", password);
        if (!hub_key_.save(folder_ / "hub_key")) throw std::runtime_error{"the hub's key cannot be written"};
        start();
    }

    /// vivi-admin's first line; `input` is what it asks for.
    std::string admin(const std::string& arguments, const std::string& input = "") const {
        std::ofstream{folder_ / "input"} << input << '\n';
        run_to_end({.command = {"/bin/sh", "-c",
                                VIVI_BIN "/vivi-admin --database " + postgres_.owner_url() + ' ' + arguments + " < " +
                                    (folder_ / "input") + " > " + (folder_ / "output")},
                    .output = folder_ / "errors"});
        std::string text;
        std::ifstream file{folder_ / "output"};
        std::getline(file, text);
        return text;
    }
    /// Gives the id of the router.
    std::string accept(const std::string& fingerprint) const {
        std::ofstream{folder_ / "first.json"} << R"({"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22",
                                  "dhcp":{"from":"10.66.0.50","to":"10.66.3.250","lease_seconds":3600}}],
                   "uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})";
        return admin("accept-router --fingerprint " + fingerprint + " --organisation " + organisation_ +
                     " --name Hall --configuration " + (folder_ / "first.json"));
    }
    std::string sql(const std::string& statement) {
        auto text = postgres_.sql(statement);
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    /// As GodView asks; throws with what the server says against it.
    nlohmann::json ask(const std::string& query, const nlohmann::json& variables) {
        if (cookie_.empty()) sign_in();
        return graphql(query, variables);
    }
    std::string hub() const { return "127.0.0.1:" + std::to_string(hub_port_); }
    /// Whose broker a router may share, since the two sides use other exchanges.
    std::string bus() const { return rabbitmq_.url(); }
    std::string hub_host_keys() const { return ssh::to_line(hub_key_.public_key()) + '\n'; }
    std::string logs() const { return text_of_file(folder_ / "hub.log") + text_of_file(folder_ / "server.log"); }

    std::string command_key{};

private:
    void start() {
        std::ofstream{folder_ / "hub.toml"} << "health.socket = \"" << (folder_ / "hub.health") << "\"\nhost_key.file = \""
                                            << (folder_ / "hub_key")
                                            << "\"\nhub.name = \"boot\"\nlisten.address = \"127.0.0.1\"\nlisten.port = "
                                            << hub_port_ << "\ndatabase.url = \"" << postgres_.url("vivi_hub")
                                            << "\"\nbus.url = \"" << rabbitmq_.url() << "\"\nredis.url = \"" << redis_.url()
                                            << "\"\n";
        hub_.emplace(
            Launch{.command = {VIVI_BIN "/vivi-openvivi", "--config", folder_ / "hub.toml"}, .output = folder_ / "hub.log"});
        std::ofstream{folder_ / "server.toml"} << "";
        std::ofstream{folder_ / "index.html"} << "<!doctype html><title>Vivi</title>";
        server_.emplace(Launch{.command = {VIVI_BIN "/vivi-server", "--config", folder_ / "server.toml"},
                               .environment = {{"VIVI_LISTEN_PORT", std::to_string(port_)},
                                               {"VIVI_DATABASE_OWNER_URL", postgres_.owner_url()},
                                               {"VIVI_DATABASE_API_URL", postgres_.url("vivi_api")},
                                               {"VIVI_DATABASE_AUTH_URL", postgres_.url("vivi_auth")},
                                               {"VIVI_DATABASE_STAFF_URL", postgres_.url("vivi_staff")},
                                               {"VIVI_BUS_URL", rabbitmq_.url()},
                                               {"VIVI_REDIS_URL", redis_.url()},
                                               {"VIVI_WEB_ROOT", folder_.path()},
                                               {"VIVI_COMMANDS_KEY_FILE", folder_ / "command_key"},
                                               {"VIVI_HEALTH_SOCKET", folder_ / "server.health"}},
                               .output = folder_ / "server.log"});
        await("hub and server", [&] { return accepts(hub_port_) && accepts(port_); });
    }
    void sign_in() {
        graphql("mutation($i: LoginInput!) { login(input: $i) { errors { code } } }",
                {{"i", {{"email", "sam@vivi.example"}, {"password", password}}}});
        std::istringstream head{text_of_file(folder_ / "head")};
        for (std::string line; std::getline(head, line);) {
            if (line.starts_with("set-cookie: ") || line.starts_with("Set-Cookie: "))
                cookie_ = line.substr(12, line.find(';') - 12);
        }
        graphql("mutation($i: StepUpInput!) { stepUp(input: $i) { errors { code } } }", {{"i", {{"password", password}}}});
    }
    nlohmann::json graphql(const std::string& query, const nlohmann::json& variables) const {
        const auto url = "http://127.0.0.1:" + std::to_string(port_);
        std::ofstream{folder_ / "question"} << nlohmann::json{{"query", query}, {"variables", variables}};
        run_to_end({.command = {"/usr/bin/env", "curl", "-s", "-m", "20", "-D", folder_ / "head", "-o", folder_ / "answer", "-H",
                                "content-type: application/json", "-H", "origin: " + url, "-H", "cookie: " + cookie_,
                                "--data-binary", "@" + (folder_ / "question"), url + "/graphql"}});
        const auto text = text_of_file(folder_ / "answer");
        const auto answer = nlohmann::json::parse(text, nullptr, false);
        if (answer.is_discarded() || answer.contains("errors")) throw std::runtime_error{text};
        for (const auto& [name, payload] : answer.at("data").items()) {
            if (payload.contains("errors") && !payload.at("errors").empty()) throw std::runtime_error{text};
        }
        return answer.at("data");
    }

    static constexpr const char* password = "correct horse battery staple";
    TempFolder folder_{};
    PrivatePostgres postgres_{};
    PrivateRabbitmq rabbitmq_{};
    PrivateRedis redis_{};
    ssh::PrivateKey hub_key_ = *ssh::PrivateKey::generate();
    std::uint16_t hub_port_ = free_port(), port_ = free_port();
    std::string organisation_{}, cookie_{};
    std::optional<Child> hub_{}, server_{};
};

}  // namespace vivi::test
