// A GET of the embedded API through the tunnel, a new channel each: our two ends, and beside them the stock sshd and ssh -R.
// SPDX-License-Identifier: Apache-2.0
//
//   tunnel_bench [REQUESTS]      2000 unless given; as root, for sshd
//
// Everything on loopback. Both are measured in turns of a hundred, so that a busy moment of the machine meets both.
#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/runtime/clock.hpp"
#include "common/ssh/server.hpp"
#include "server/hub/api_visit.hpp"
#include "tests/adapters/child.hpp"
#include "tests/adapters/loop.hpp"

namespace {

using namespace vivi;
using net::ip::tcp;

constexpr int turn = 100;
const ssh::Forward api_forward{.name = "api", .port = 2};

using Times = std::vector<double>;  // Milliseconds.

double percentile(Times times, double part) {
    std::ranges::sort(times);
    return times.at(static_cast<std::size_t>(part * static_cast<double>(times.size() - 1)));
}

void say(const std::string& measure, double value, double peer_value, double target) {
    std::cout << nlohmann::json{{"measure", measure}, {"value", value},           {"unit", "ms"},
                                {"peer", "sshd -R"},  {"peer_value", peer_value}, {"ratio", value / peer_value},
                                {"target", target},   {"met", value <= target}}
                     .dump()
              << std::endl;
}

double since(Instant began) { return std::chrono::duration<double, std::milli>(now() - began).count(); }

/// Keys, settings and processes of both ways.
class Site {
public:
    Site() {
        if (!identity_.save(folder_ / "identity") || !host_key.save(folder_ / "host_key") ||
            !ssh::write_line(folder_ / "hub_keys", ssh::to_line(host_key.public_key())) ||
            !ssh::write_line(folder_ / "authorized_keys", ssh::to_line(identity_.public_key())) ||
            !ssh::write_line(folder_ / "known",
                             "[127.0.0.1]:" + std::to_string(sshd_port_) + " " + ssh::to_line(host_key.public_key())))
            throw std::runtime_error{"no keys"};
    }
    void start_router(std::uint16_t hub) {
        std::ofstream settings{folder_ / "tunnel.toml"};
        const auto put = [&](const std::string& key, const std::string& file) {
            settings << key << " = \"" << (file.empty() ? "" : folder_ / file) << "\"\n";
        };
        put("health.socket", "tunnel.health"), put("hub.host_keys.file", "hub_keys"), put("identity.file", "identity");
        put("dial.socket", ""), put("sync.socket", "sync.sock"), put("api.socket", "api.sock"), put("page.address", "");
        put("claim_code.file", "claim-code.json"), put("return.file", "return.json"), put("receipt.file", "receipt.json");
        put("commands.folder", "commands"), put("custody.file", "last-good.json"), put("local.file", "local.json");
        put("update.folder", "update"), put("update.root", "opt");
        settings << "hub.addresses = [\"127.0.0.1:" << hub << "\"]\nlog.level = \"warn\"\n";
        settings.close();
        router_.emplace(test::Launch{.command = {VIVI_BIN "/vivi-openvivi-embedded", "--config", folder_ / "tunnel.toml"},
                                     .output = folder_ / "tunnel.log"});
    }
    void start_stock() {
        std::filesystem::create_directories("/run/sshd");
        std::ofstream{folder_ / "sshd_config"}
            << "ListenAddress 127.0.0.1\nPort " << sshd_port_ << "\nHostKey " << (folder_ / "host_key")
            << "\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\nAuthorizedKeysFile "
            << (folder_ / "authorized_keys") << "\nCiphers chacha20-poly1305@openssh.com\n";
        sshd_.emplace(test::Launch{.command = {"/usr/sbin/sshd", "-D", "-e", "-f", folder_ / "sshd_config"},
                                   .output = folder_ / "sshd.log"});
        test::await("sshd", [&] { return test::accepts(sshd_port_); });
        std::vector<std::string> words{"/usr/bin/ssh",
                                       "-F",
                                       "none",
                                       "-N",
                                       "-i",
                                       folder_ / "identity",
                                       "-p",
                                       std::to_string(sshd_port_),
                                       "-o",
                                       "BatchMode=yes",
                                       "-o",
                                       "IdentitiesOnly=yes",
                                       "-o",
                                       "UserKnownHostsFile=" + (folder_ / "known"),
                                       "-R",
                                       "127.0.0.1:" + std::to_string(forwarded) + ":" + (folder_ / "api.sock"),
                                       "root@127.0.0.1"};
        ssh_.emplace(test::Launch{.command = words, .output = folder_ / "ssh.log"});
        test::await("ssh -R", [&] { return test::accepts(forwarded); });
    }

    ssh::PrivateKey host_key = *ssh::PrivateKey::generate();
    std::uint16_t forwarded = test::free_port();

private:
    test::TempFolder folder_{};
    ssh::PrivateKey identity_ = *ssh::PrivateKey::generate();
    std::uint16_t sshd_port_ = test::free_port();
    std::optional<test::Child> router_{}, sshd_{}, ssh_{};
};

Task<double> through_ours(ssh::Session& session) {
    const auto began = now();
    const auto answer = co_await hub::get(session, "/v1/health");
    if (!answer || answer->status != 200) throw std::runtime_error{"the tunnel did not answer"};
    co_return since(began);
}

Task<double> through_stock(std::uint16_t port) {
    const std::string request = "GET /v1/health HTTP/1.1\r\nhost: router\r\nconnection: close\r\n\r\n";
    const auto began = now();
    tcp::socket socket{co_await net::this_coro::executor};
    co_await socket.async_connect({net::ip::address_v4::loopback(), port}, net::use_awaitable);
    co_await net::async_write(socket, net::buffer(request), net::use_awaitable);
    std::string answer;
    co_await net::async_read(socket, net::dynamic_buffer(answer), as_value);  // To its end.
    if (!answer.starts_with("HTTP/1.1 200")) throw std::runtime_error{"ssh -R did not answer"};
    co_return since(began);
}

Task<> measure(ssh::Session& session, Site& site, int requests, Times& ours, Times& stock) {
    const auto ready = co_await session.forward_requested(api_forward, 10s);
    if (!ready) throw std::runtime_error{ready.error().detail};
    co_await hub::get(session, "/v1/health");  // The API is there: now the stock client may come.
    site.start_stock();
    for (int done = 0; done < requests; done += turn) {
        for (int i = 0; i < turn; ++i) ours.push_back(co_await through_ours(session));
        for (int i = 0; i < turn; ++i) stock.push_back(co_await through_stock(site.forwarded));
    }
}

Task<> run(Site& site, int requests, Times& ours, Times& stock) {
    tcp::acceptor acceptor{co_await net::this_coro::executor, {net::ip::address_v4::loopback(), 0}};
    ssh::Server server{site.host_key};
    site.start_router(acceptor.local_endpoint().port());
    auto socket = co_await acceptor.async_accept(net::use_awaitable);
    const ssh::Rules rules{.forwards = {{.name = "sync", .port = 1}, api_forward}};
    const ssh::Decide anybody = [](const ssh::PublicKey&) -> Task<ssh::Verdict> { co_return ssh::Verdict{.is_accepted = true}; };
    auto session = co_await server.accept(std::move(socket), "router", rules, anybody);
    if (!session) throw std::runtime_error{session.error().detail};
    const auto moving = [](ssh::Session& on) -> Task<> { co_await on.run(); };
    co_await together(moving(**session), measure(**session, site, requests, ours, stock));
}

}  // namespace

int main(int argc, char** argv) {
    const int requests = argc > 1 ? std::atoi(argv[1]) : 2000;
    if (requests < turn) return 64;
    Site site;
    test::Loop loop;
    Times ours, stock;
    loop.run(run(site, requests, ours, stock), Milliseconds{600'000});
    for (const auto& [name, part, target] : {std::tuple{"p50", 0.5, 0.5}, std::tuple{"p99", 0.99, 3.0}}) {
        say(std::string{"tunnel: GET, a new channel each, "} + name, percentile(ours, part), percentile(stock, part), target);
    }
    return 0;
}
