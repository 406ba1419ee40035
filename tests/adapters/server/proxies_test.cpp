// vivi-server behind a proxy: sessions and throttling see the client, and only the proxy's word counts.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/server/server_process.hpp"

namespace vivi::test {
namespace {

class BehindAProxyTest : public ServerTest {
protected:
    std::string address_of_latest_session() {
        return number("select host(address) from sessions order by created_at desc limit 1");
    }
    std::string log_in(const Server& server, const std::string& email, Pairs headers) {
        const Json attempt{{"query", "mutation($i: LoginInput!) { login(input: $i) { errors { code } } }"},
                           {"variables", {{"i", {{"email", email}, {"password", password}}}}}};
        const auto errors = post(server, attempt, std::move(headers)).json()["data"]["login"]["errors"];
        return errors.empty() ? "" : errors[0]["code"].get<std::string>();
    }
    int attempts = 0;
};

TEST_F(BehindAProxyTest, TheClientsAddressIsTheOneTheProxySaw) {
    const Server server{{{"VIVI_PROXIES_TRUSTED", "127.0.0.0/8"}}};
    await_ready(server);
    const auto email = make_user(make_site("proxied").organisation);
    EXPECT_EQ(log_in(server, email, {{"x-forwarded-for", "10.1.1.1, 192.0.2.77"}}), "");
    EXPECT_EQ(address_of_latest_session(), "192.0.2.77");
    EXPECT_EQ(log_in(server, email, {{"forwarded", "for=198.51.100.1"}}), "");
    EXPECT_EQ(address_of_latest_session(), "127.0.0.1") << "not the field that this proxy writes";
}

TEST_F(BehindAProxyTest, WithoutAProxyNobodyChoosesItsAddress) {
    const Server server;
    await_ready(server);
    const auto email = make_user(make_site("direct").organisation);
    EXPECT_EQ(log_in(server, email, {{"x-forwarded-for", "192.0.2.77"}, {"forwarded", "for=192.0.2.77"}}), "");
    EXPECT_EQ(address_of_latest_session(), "127.0.0.1");
}

TEST_F(BehindAProxyTest, ThrottlingSeesTheClients) {
    const Server server{{{"VIVI_PROXIES_TRUSTED", "127.0.0.1"}, {"VIVI_PROXIES_FIELD", "forwarded"}}};
    await_ready(server);
    const auto from = [&](const std::string& address) {
        return log_in(server, "nobody-" + std::to_string(++attempts) + "@example.org", {{"forwarded", "for=" + address}});
    };
    for (int i = 0; i < 20; ++i) from("203.0.113.5");
    EXPECT_EQ(from("203.0.113.5"), "TOO_MANY_ATTEMPTS");
    EXPECT_EQ(from("\"203.0.113.5:4711\""), "TOO_MANY_ATTEMPTS") << "another port is not another client";
    EXPECT_EQ(from("203.0.113.6"), "WRONG_CREDENTIALS");
}

TEST_F(BehindAProxyTest, TheSchemeIsPartOfTheOrigin) {
    const Server server{{{"VIVI_PROXIES_TRUSTED", "127.0.0.1"}}};
    await_ready(server);
    const auto cookie = sign_in(server, make_user(make_site("scheme").organisation));
    const auto host = "127.0.0.1:" + std::to_string(server.port);
    const auto status = [&](const std::string& origin) {
        const Pairs headers{
            {"cookie", cookie}, {"origin", origin}, {"x-forwarded-for", "192.0.2.7"}, {"x-forwarded-proto", "https"}};
        LiveSocket socket;
        return std::pair{post(server, {{"query", "{ me { email } }"}}, headers).status, run(socket.open(server.port, headers))};
    };
    EXPECT_EQ(status("https://" + host), std::pair(200, 101));
    EXPECT_EQ(status("http://" + host), std::pair(403, 403));
    const auto hsts = [&](Pairs headers) {
        return run(request(server.port, "GET", "/", std::move(headers), "")).header("strict-transport-security");
    };
    EXPECT_EQ(hsts({{"x-forwarded-for", "192.0.2.7"}, {"x-forwarded-proto", "https"}}), "max-age=31536000");
    EXPECT_EQ(hsts({{"x-forwarded-for", "192.0.2.7"}, {"x-forwarded-proto", "http"}}), "");
}

}  // namespace
}  // namespace vivi::test
