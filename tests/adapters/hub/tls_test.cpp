// Networks where nothing but 443 passes: SSH inside TLS, with two real ends, and everybody who must not be taken for the hub.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "tests/adapters/hub/site.hpp"
#include "tests/adapters/relay.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class InsideTls : public HubSite {
public:
    InsideTls() {
        make_certificate("hub");
        std::ofstream{folder / "hub.toml", std::ios::app} << "listen.tls_port = " << tls_port << "\ntls.certificate.file = \""
                                                          << (folder / "hub.pem") << "\"\ntls.key.file = \""
                                                          << (folder / "hub.key") << "\"\n";
        std::ofstream{folder / "tunnel.toml", std::ios::app} << "hub.tls_port = " << network.port()
                                                             << "\ntunnel.reach_seconds = 1\n";
        net::co_spawn(loop.context(), network.run(), [](std::exception_ptr) {});
        net::co_spawn(loop.context(), stalled.run(), [](std::exception_ptr) {});
        stalled.is_dead = true;
    }
    void make_certificate(const std::string& file) const {
        run_to_end({.command = {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                                "-nodes", "-days", "2", "-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                                folder / (file + ".key"), "-out", folder / (file + ".pem")}});
    }
    std::string pin(const std::string& file) const {
        const auto print = folder / (file + ".pin");
        run_to_end({.command = {"/bin/sh", "-c",
                                "openssl x509 -in " + (folder / (file + ".pem")) +
                                    " -noout -pubkey | openssl pkey -pubin -outform der | sha256sum | cut -c1-64 > " + print}});
        auto text = log(file + ".pin");
        return "sha256:" + text.substr(0, text.find('\n'));
    }
    /// A router whose plain way is `port`; `more`: lines of its settings.
    void start_router(std::uint16_t plain, const std::string& more) {
        std::ofstream{folder / "tunnel.toml", std::ios::app} << more << "\n";
        tunnel.emplace(Launch{.command = {VIVI_BIN "/vivi-openvivi-embedded", "--config", folder / "tunnel.toml"},
                              .environment = {{"VIVI_HUB_ADDRESSES", "127.0.0.1:" + std::to_string(plain)}},
                              .output = folder / "tunnel.log"});
    }
    std::string trusting(const std::string& file) const {
        return "hub.tls_authorities.file = \"" + (folder / (file + ".pem")) + "\"";
    }
    void start_ends(std::uint16_t plain, const std::string& more) {
        accept_router();
        start_bridge();
        start_hub();
        // Or the plain way is refused where it should not be.
        until("the hub to listen", [&] { return log("hub.log").contains("hub.listening"); });
        start_router(plain, more);
    }
    void until_told(const std::string& text) {
        until(text, [&] { return log("tunnel.log").contains(text); });
    }

    std::uint16_t tls_port = free_port();
    std::uint16_t refused = free_port();       ///< Nobody listens there.
    Relay network{loop.executor(), tls_port};  ///< What the strict network lets pass.
    Relay stalled{loop.executor(), port};      ///< Takes connections and passes nothing on.
};

TEST_F(InsideTls, ARouterWhosePlainWayIsRefusedIsWithinReachAndLosesNothing) {
    start_ends(refused, trusting("hub"));
    until("welcome", [&] { return bridge->welcome.has_value(); });
    EXPECT_THAT(log("tunnel.log"), HasSubstr("way=tls"));
    for (int i = 0; i < 2000; ++i) bridge->add_traffic(3);
    until("every event", [&] { return bridge->waiting() == 0; });
    until("its configuration", [&] { return !bridge->configurations.empty(); });
    until("its software", [&] { return of_router("software") == "vivi-bridged test"; });

    bridge->welcome.reset();
    hub->signal(SIGTERM);
    EXPECT_EQ(hub->wait(), 0);
    until("bye", [&] { return !bridge->byes.empty(); });
    EXPECT_EQ(bridge->byes[0].code, "draining") << "the last word came through";
    bridge->add_traffic(3);
    start_hub();
    until("welcome again", [&] { return bridge->welcome.has_value() && bridge->waiting() == 0; });
    EXPECT_EQ(sql("select sum(bytes_down) from traffic where router_id = '" + router + "'"), "6003");
}

TEST_F(InsideTls, ARouterWhosePlainHandshakeStallsIsWithinReach) {
    start_ends(stalled.port(), trusting("hub"));
    until("welcome", [&] { return bridge->welcome.has_value(); });
    EXPECT_THAT(log("tunnel.log"), HasSubstr("way=tls"));
}

TEST_F(InsideTls, IsNotUsedWhereThePlainWayWorks) {
    start_ends(port, trusting("hub"));
    until("welcome", [&] { return bridge->welcome.has_value(); });
    EXPECT_THAT(log("tunnel.log"), HasSubstr("way=plain"));
}

TEST_F(InsideTls, APinnedKeyNeedsNoAuthority) {
    start_ends(refused, "hub.tls_pins = [\"" + pin("hub") + "\"]");
    until("welcome", [&] { return bridge->welcome.has_value(); });
}

TEST_F(InsideTls, AnotherPinIsNotTheHub) {
    make_certificate("other");
    start_ends(refused, "hub.tls_pins = [\"" + pin("other") + "\"]");
    until_told("the certificate is not the hub's");
    EXPECT_THAT(log("tunnel.log"), Not(HasSubstr("tunnel.connected")));
}

TEST_F(InsideTls, ACertificateThatNobodyVouchesForIsNotTheHub) {
    make_certificate("other");
    start_ends(refused, trusting("other"));
    until_told("the certificate is not the hub's");
    EXPECT_THAT(log("tunnel.log"), Not(HasSubstr("tunnel.connected")));
}

TEST_F(InsideTls, TheRightCertificateDoesNotReplaceThePinnedHostKey) {
    const auto other = *ssh::PrivateKey::generate();
    EXPECT_TRUE(ssh::write_line(folder / "hub_keys", ssh::to_line(other.public_key())));
    start_ends(refused, trusting("hub"));
    until_told("the hub's key is not one of those pinned");
    EXPECT_THAT(log("tunnel.log"), HasSubstr("tunnel.refused"));
    EXPECT_THAT(log("tunnel.log"), Not(HasSubstr("tunnel.connected")));
}

TEST_F(InsideTls, ARenewedCertificateIsTakenWithoutARestart) {
    make_certificate("new");
    start_ends(refused, trusting("new"));
    until_told("the certificate is not the hub's");
    for (const auto* end : {".key", ".pem"})
        std::filesystem::copy_file(folder / ("new" + std::string{end}), folder / ("hub" + std::string{end}),
                                   std::filesystem::copy_options::overwrite_existing);
    until("welcome", [&] { return bridge->welcome.has_value(); });
}

}  // namespace
}  // namespace vivi::test
