// Descriptors exchanged behind libssh's back.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/fleet/wire.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/connect.hpp>

namespace vivi::sim {
namespace {

/// libssh closes its descriptor when it likes, and the number may be somebody else's by now.
bool are_same(int one, int other) {
    struct stat first{}, second{};
    return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

}  // namespace

Task<Result<net::ip::tcp::socket>> dial_from(net::ip::address from, ssh::Address hub) {
    const auto executor = co_await net::this_coro::executor;
    net::ip::tcp::resolver resolver{executor};
    const auto [unresolved, found] = co_await resolver.async_resolve(hub.host, std::to_string(hub.port), as_value);
    if (unresolved) co_return failed(Code::Unavailable, hub.host + ": " + unresolved.message());
    net::ip::tcp::socket socket{executor};
    boost::system::error_code error;
    for (const auto& entry : found) {
        const bool is_placed = !from.is_unspecified();
        if (is_placed && entry.endpoint().address().is_v4() != from.is_v4()) continue;
        socket.close(error);
        socket.open(entry.endpoint().protocol(), error);
        const int late = 1;  // The port is chosen by connect(): 2,000 routers may share one address.
        if (is_placed) ::setsockopt(socket.native_handle(), IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &late, sizeof late);
        if (!error && is_placed) socket.bind({from, 0}, error);
        if (error) continue;
        const auto [unreachable] = co_await socket.async_connect(entry.endpoint(), as_value);
        if (!unreachable) co_return socket;
        error = unreachable;
    }
    co_return failed(Code::Unavailable, hub.host + ':' + std::to_string(hub.port) + ": " + error.message());
}

Wire::Wire(net::ip::tcp::socket& socket)
    : used_{socket.native_handle()}, kept_{::fcntl(socket.native_handle(), F_DUPFD_CLOEXEC, 0)} {}

Descriptor Wire::take_away() {
    std::array<int, 2> nowhere{-1, -1};
    if (are_same(used_, kept_.number()) &&
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, nowhere.data()) == 0) {
        ::dup2(nowhere[0], used_);
        ::close(nowhere[0]);
        ::close(nowhere[1]);
    }
    return std::exchange(kept_, Descriptor{});
}

}  // namespace vivi::sim
