// vivi-server as a process with real services around it, and what a visitor and an operator do with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "tests/adapters/db/fixture.hpp"
#include "tests/adapters/server/client.hpp"

namespace vivi::test {

inline constexpr const char* password = "correct horse battery";

inline PrivateRabbitmq& rabbitmq() {
    static PrivateRabbitmq broker;
    return broker;
}
inline PrivateRedis& redis() {
    static PrivateRedis server;
    return server;
}

/// The process on a port of its own.
class Server {
public:
    using Environment = std::map<std::string, std::string>;

    /// `more` are settings beside those of the services: {"VIVI_LOG_LEVEL", "debug"}.
    explicit Server(std::string database_port, Environment more = {})
        : database_port_{std::move(database_port)}, more_{std::move(more)} {
        start();
    }
    explicit Server(Environment more) : Server{std::to_string(postgres().port()), std::move(more)} {}
    Server() : Server{Environment{}} {}

    /// Again, after the process has ended.
    void start() {
        const auto database = "@127.0.0.1:" + database_port_ + "/vivi";
        Environment environment{{"VIVI_LISTEN_PORT", std::to_string(port)},
                                {"VIVI_DATABASE_OWNER_URL", "postgresql://vivi_owner" + database},
                                {"VIVI_DATABASE_API_URL", "postgresql://vivi_api" + database},
                                {"VIVI_DATABASE_AUTH_URL", "postgresql://vivi_auth" + database},
                                {"VIVI_DATABASE_STAFF_URL", "postgresql://vivi_staff" + database},
                                {"VIVI_BUS_URL", rabbitmq().url()},
                                {"VIVI_REDIS_URL", redis().url()},
                                {"VIVI_WEB_ROOT", web()},
                                {"VIVI_HEALTH_SOCKET", folder_ / "health"}};
        for (const auto& [name, value] : more_) environment.insert_or_assign(name, value);
        child_.emplace(Launch{.command = {std::string{VIVI_BIN} + "/vivi-server", "--config", config()},
                              .environment = std::move(environment),
                              .output = log_file(),
                              .user = {}});
    }
    Child& child() { return *child_; }
    std::string log() const {
        std::ifstream file{log_file()};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    std::string log_file() const { return folder_ / "log"; }

    const std::uint16_t port = free_port();

private:
    std::string config() const {
        const auto path = folder_ / "server.toml";
        std::ofstream{path} << "";
        return path;
    }
    std::string web() const {
        std::ofstream{folder_ / "index.html"} << "<!doctype html><title>Vivi</title>";
        return folder_.path();
    }
    std::string database_port_;
    Environment more_;
    TempFolder folder_{};
    std::optional<Child> child_{};
};

class ServerTest : public Database {
protected:
    Answer get(const Server& server, const std::string& target) { return run(request(server.port, "GET", target, {}, "")); }
    bool is_ready(const Server& server) { return get(server, "/readyz").status == 200; }
    void await_ready(const Server& server) {
        await("vivi-server", [&] { return is_ready(server); });
    }
    Answer post(std::uint16_t port, const Json& body, Pairs headers = {}) {
        headers.emplace_back("content-type", "application/json");
        return run(request(port, "POST", "/graphql", headers, body.dump()));
    }
    Answer post(const Server& server, const Json& body, Pairs headers = {}) {
        return post(server.port, body, std::move(headers));
    }
    /// The value of a Cookie field for a new session.
    std::string sign_in(const Server& server, const std::string& email) { return sign_in(server.port, email); }
    std::string sign_in(std::uint16_t port, const std::string& email) {
        const auto answer =
            post(port, {{"query", "mutation($i: LoginInput!) { login(input: $i) { user { id } errors { code } } }"},
                        {"variables", {{"i", {{"email", email}, {"password", password}}}}}});
        const auto cookie = answer.header("set-cookie");
        EXPECT_NE(cookie.find("; Secure; HttpOnly; SameSite=Strict"), std::string::npos) << answer.body;
        return cookie.substr(0, cookie.find(';'));
    }
    /// What vivi-admin printed.
    std::string admin(std::vector<std::string> arguments, const std::string& input = "") {
        TempFolder folder;
        std::ofstream{folder / "input"} << input << '\n';
        std::string line = std::string{VIVI_BIN} + "/vivi-admin --database " + postgres().owner_url();
        for (const auto& argument : arguments) line += " '" + argument + "'";
        Child child{{.command = {"/bin/sh", "-c", line + " < " + (folder / "input")},
                     .environment = {},
                     .output = folder / "output",
                     .user = {}}};
        exit_code = child.wait();
        std::ifstream file{folder / "output"};
        std::string text{std::istreambuf_iterator<char>{file}, {}};
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    std::string make_user(const std::string& organisation) {
        const auto email = "owner@" + organisation + ".example";
        admin({"create-user", "--email", email, "--name", "Ann", "--organisation", organisation, "--role", "owner"}, password);
        EXPECT_EQ(exit_code, 0);
        return email;
    }
    int exit_code = -1;
};

}  // namespace vivi::test
