// Copying between a channel and a unix socket.
// SPDX-License-Identifier: Apache-2.0
#include "common/ssh/join.hpp"

#include <array>
#include <boost/asio/write.hpp>

namespace vivi::ssh {
namespace {

using Buffer = std::array<std::byte, 32 * 1024>;

/// True when the channel's end was passed on; false when there is nobody left to talk to.
Task<bool> to_socket(Channel& channel, UnixSocket& socket) {
    const auto buffer = std::make_unique<Buffer>();
    for (;;) {
        const auto count = co_await channel.read_some(*buffer);
        if (!count) co_return false;
        boost::system::error_code error;
        if (*count == 0) {
            socket.shutdown(UnixSocket::shutdown_send, error);
            co_return !error;
        }
        const auto [failure, written] = co_await net::async_write(socket, net::buffer(*buffer, *count), as_value);
        if (failure) co_return false;
    }
}

Task<bool> to_channel(Channel& channel, UnixSocket& socket) {
    const auto buffer = std::make_unique<Buffer>();
    for (;;) {
        const auto [error, count] = co_await socket.async_read_some(net::buffer(*buffer), as_value);
        if (error == net::error::eof) {
            channel.end_writing();
            co_return true;
        }
        if (error) co_return false;
        const auto written = co_await channel.write(BytesView{*buffer}.first(count));
        if (!written) co_return false;
    }
}

/// Ends at once when `direction` failed; otherwise leaves the other direction its time.
Task<> until_failed(Task<bool> direction, int& ended, Signal& both_ended) {
    if (!co_await std::move(direction)) co_return;
    if (++ended == 2) both_ended.notify();
    while (ended < 2) co_await both_ended.wait();
}

}  // namespace

Task<> join(Channel& channel, UnixSocket& socket) {
    int ended = 0;
    Signal both_ended{co_await net::this_coro::executor};
    co_await together(until_failed(to_socket(channel, socket), ended, both_ended),
                      until_failed(to_channel(channel, socket), ended, both_ended));
}

}  // namespace vivi::ssh
