// Whatever a client sends, the session answers or ends; and how the bytes were cut makes no difference to what was understood.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "common/http/session.hpp"

namespace {

using namespace vivi;

/// What one connection brought to the handler, and what it was told.
struct Talk {
    std::string handled{};
    std::string answered{};
};

constexpr std::size_t most_pieces = 24;  ///< What is left after them comes at once: each costs a turn of the loop.

/// A pair of sockets in memory: nothing listens, nothing leaves. Pieces of `piece` bytes, the session run dry after each.
Talk talk(std::string_view bytes, std::size_t piece) {
    static net::io_context io{1};
    io.restart();
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) __builtin_trap();
    Talk talk;
    http::Site site;
    site.handle = [&talk](http::Request request) -> Task<http::Response> {
        talk.handled += request.method + ' ' + request.target + ' ' + request.body + '\n';
        co_return http::text_response(200, "handled");
    };
    http::Deadlines deadlines{io.get_executor()};
    http::Stream stream{http::StreamSocket{io.get_executor(), net::generic::stream_protocol{AF_UNIX, 0}, ends[0]}, deadlines};
    bool has_ended = false;
    net::co_spawn(io, http::serve_connection(std::move(stream), site, "192.0.2.1"), [&](std::exception_ptr failure) {
        if (failure) __builtin_trap();
        has_ended = true;
    });
    for (std::size_t i = 0; !bytes.empty() && !has_ended; ++i) {
        const auto count = i < most_pieces ? std::min(piece, bytes.size()) : bytes.size();
        if (::send(ends[1], bytes.data(), count, MSG_NOSIGNAL) < 0) break;
        bytes.remove_prefix(count);
        io.poll();
    }
    ::shutdown(ends[1], SHUT_WR);
    std::array<char, 65536> heard{};
    for (int i = 0; i < 1'000; ++i) {
        io.poll();
        const auto count = ::read(ends[1], heard.data(), heard.size());
        if (count > 0) talk.answered.append(heard.data(), static_cast<std::size_t>(count));
        if (has_ended && count <= 0) break;
    }
    if (!has_ended) __builtin_trap();  // The peer is gone: there is nothing to wait for.
    io.poll();
    ::close(ends[1]);
    return talk;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text{data + 1, data + size};
    const auto whole = talk(text, text.size() + 1);
    const auto pieces = talk(text, data[0] % 64U + 1);
    if (whole.handled != pieces.handled) __builtin_trap();
    if (!whole.answered.empty() && !whole.answered.starts_with("HTTP/1.1 ")) __builtin_trap();
    return 0;
}
