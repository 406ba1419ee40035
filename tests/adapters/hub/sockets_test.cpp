// What both real ends of a tunnel ask of their sockets: read from the sockets of the running programs themselves.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "tests/adapters/hub/site.hpp"

namespace vivi::test {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::Not;

/// Ports of an established TCP connection over IPv4; zeros when `descriptor` is none.
std::pair<std::uint16_t, std::uint16_t> ports_of(int descriptor) {
    sockaddr_in own{}, peer{};
    socklen_t size = sizeof own;
    const auto as_any = [](sockaddr_in& address) { return static_cast<sockaddr*>(static_cast<void*>(&address)); };
    if (::getsockname(descriptor, as_any(own), &size) != 0 || own.sin_family != AF_INET) return {};
    size = sizeof peer;
    if (::getpeername(descriptor, as_any(peer), &size) != 0) return {};
    return {ntohs(own.sin_port), ntohs(peer.sin_port)};
}

/// TCP_USER_TIMEOUT (tcp(7)), in milliseconds, of each descriptor that `process` has of a connection from or to `port`:
/// pidfd_getfd(2) gives another process's own socket.
std::vector<unsigned> user_timeouts(pid_t process, std::uint16_t port) {
    std::vector<unsigned> found;
    const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
    if (handle < 0) throw std::runtime_error{"pidfd_open: " + std::string{std::strerror(errno)}};
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/" + std::to_string(process) + "/fd"}) {
        const auto name = entry.path().filename().string();
        int number = -1;
        std::from_chars(name.data(), name.data() + name.size(), number);
        const auto same = static_cast<int>(::syscall(SYS_pidfd_getfd, handle, number, 0));
        if (same < 0) continue;  // Closed meanwhile.
        const auto [own, peer] = ports_of(same);
        unsigned timeout = 0;
        socklen_t size = sizeof timeout;
        if ((own == port || peer == port) && ::getsockopt(same, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, &size) == 0)
            found.push_back(timeout);
        ::close(same);
    }
    ::close(handle);
    return found;
}

class Sockets : public HubSite {
public:
    void connect() {
        accept_router();
        start_hub();
        start_tunnel();
        until("the session", [&] { return of_router("hub") == name; });
    }
};

TEST_F(Sockets, BothEndsOfATunnelGiveUpWhatIsNotAcknowledgedFor45Seconds) {
    connect();
    const auto routers = user_timeouts(tunnel->pid(), port), hubs = user_timeouts(hub->pid(), port);
    EXPECT_THAT(routers, testing::AllOf(Not(IsEmpty()), Each(45'000)));
    EXPECT_THAT(hubs, testing::AllOf(Not(IsEmpty()), Each(45'000)));
}

TEST_F(Sockets, TheRoutersEndGoesByItsSetting) {
    std::ofstream{folder / "tunnel.toml", std::ios::app} << "tunnel.keepalive_seconds = 2\ntunnel.dead_seconds = 7\n";
    connect();
    EXPECT_THAT(user_timeouts(tunnel->pid(), port), testing::AllOf(Not(IsEmpty()), Each(7'000)));
}

}  // namespace
}  // namespace vivi::test
