// The router's own process at a stock sshd: both forwards, what lies behind them, and a connection that comes back.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <thread>

#include "common/runtime/task.hpp"
#include "common/runtime/unix_socket.hpp"
#include "tests/adapters/openvivi-embedded/router.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// sshd binds loopback, at the ports of the forwards, whatever name they are asked for by (sshd_config(5), GatewayPorts no).
constexpr std::uint16_t sync_port = 1, api_port = 2;

class AtStockSshd : public EmbeddedRouter {
public:
    AtStockSshd() {
        EXPECT_TRUE(host_key.save(folder / "host_key"));
        EXPECT_TRUE(ssh::write_line(folder / "authorized_keys", ssh::to_line(identity.public_key())));
        std::filesystem::remove(folder / "hub_keys");
        EXPECT_TRUE(ssh::write_line(folder / "hub_keys", ssh::to_line(host_key.public_key())));
        std::filesystem::create_directories("/run/sshd");
        std::ofstream{folder / "sshd_config"}
            << "ListenAddress 127.0.0.1\nPort " << port << "\nHostKey " << (folder / "host_key")
            << "\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\nAuthorizedKeysFile "
            << (folder / "authorized_keys") << "\nAllowTcpForwarding remote\n";
        // The router logs in as `router`, whom this machine does not know: for sshd alone it is another name of root.
        std::ofstream{folder / "passwd"} << std::ifstream{"/etc/passwd"}.rdbuf() << "router:*:0:0::/nonexistent:/bin/false\n";
        settings += "dial.socket = \"\"\nhub.tls_port = 0\ntunnel.backoff_first_ms = 50\ntunnel.backoff_most_ms = 200\n";
        const std::string unknown = "127.0.0.1:1";
        settings.replace(settings.find(unknown), unknown.size(), "127.0.0.1:" + std::to_string(port));
    }
    /// First of a process namespace: with it those go that have the connections, which leave its process group.
    void start_sshd() {
        sshd.emplace(Launch{.command = {"/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c",
                                        "mount --bind " + (folder / "passwd") + " /etc/passwd && exec /usr/sbin/sshd -D -e -f " +
                                            (folder / "sshd_config")},
                            .output = folder / "sshd.log"});
        await("sshd", [&] { return accepts(port); });
    }
    void await_tunnel() {
        await("the forwards", [&] { return accepts(sync_port) && accepts(api_port); });
    }
    /// What is behind a forward answers to `said`, until it hangs up.
    static std::string talk(std::uint16_t forward, const std::string& said) {
        net::io_context context;
        net::ip::tcp::socket connection{context};
        connection.connect({net::ip::address_v4::loopback(), forward});
        net::write(connection, net::buffer(said));
        std::string heard;
        boost::system::error_code error;
        net::read(connection, net::dynamic_buffer(heard), error);
        return heard;
    }
    ~AtStockSshd() override {
        if (HasFailure()) std::cerr << "--- sshd.log\n" << text_of_file(folder / "sshd.log");
    }

    std::uint16_t port = free_port();
    ssh::PrivateKey host_key = *ssh::PrivateKey::generate();
    std::optional<Child> sshd{};
};

/// In place of bridged: says back what it hears, once, and hangs up.
class OneEcho {
public:
    explicit OneEcho(const std::string& socket) : acceptor_{context_, UnixSocket::endpoint_type{socket}} {
        thread_ = std::jthread{[this] {
            UnixSocket connection{context_};
            acceptor_.accept(connection);
            std::string heard(5, '\0');
            net::read(connection, net::buffer(heard));
            net::write(connection, net::buffer("heard " + heard));
        }};
    }

private:
    net::io_context context_{};
    net::local::stream_protocol::acceptor acceptor_;
    std::jthread thread_{};
};

TEST_F(AtStockSshd, TheApiAndTheBridgeAreReachedThroughTheForwards) {
    start_sshd();
    start();
    await_tunnel();
    EXPECT_THAT(talk(api_port, "GET /v1/health HTTP/1.1\r\nhost: router\r\nconnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 200"));
    ::unlink((folder / "sync.sock").c_str());
    const OneEcho bridged{folder / "sync.sock"};
    EXPECT_EQ(talk(sync_port, "hello"), "heard hello");
}

TEST_F(AtStockSshd, ComesBackWhenSshdDoes) {
    start_sshd();
    start();
    await_tunnel();
    sshd.reset();
    await("the loss", [&] { return log().contains("tunnel.lost"); });
    start_sshd();
    await_tunnel();
    EXPECT_THAT(talk(api_port, "GET /v1/health HTTP/1.1\r\nhost: router\r\nconnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 200"));
}

TEST_F(AtStockSshd, LeavesOneWhoseKeyIsNotPinned) {
    std::filesystem::remove(folder / "hub_keys");
    EXPECT_TRUE(ssh::write_line(folder / "hub_keys", ssh::to_line(ssh::PrivateKey::generate()->public_key())));
    start_sshd();
    start();
    await("the refusal", [&] { return log().contains("tunnel.refused"); });
    EXPECT_THAT(log(), HasSubstr(ssh::fingerprint(host_key.public_key())));
    EXPECT_FALSE(accepts(api_port));
}

}  // namespace
}  // namespace vivi::test
