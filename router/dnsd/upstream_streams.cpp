// Connect, ask, hear, close.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/upstream_streams.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <utility>

#include "router/dnsd/socket_address.hpp"

namespace vivi::dnsd {
namespace {

using Tcp = net::ip::tcp;

Tcp::endpoint to_asio(const Endpoint& endpoint) {
    const auto kernel = to_kernel(endpoint);
    Tcp::endpoint end{kernel.storage.ss_family == AF_INET6 ? Tcp::v6() : Tcp::v4(), endpoint.port};
    std::memcpy(end.data(), kernel.pointer(), kernel.size);
    return end;
}

/// The answer, or nothing when the conversation broke. RFC 1035 section 4.2.2.
Task<Bytes> exchange(Endpoint to, Bytes question) {
    Tcp::socket socket{co_await net::this_coro::executor};
    const auto [no_connection] = co_await socket.async_connect(to_asio(to), as_value);
    if (no_connection) co_return Bytes{};
    const std::array prefix{static_cast<std::byte>(question.size() >> 8), static_cast<std::byte>(question.size() & 0xff)};
    question.insert(question.begin(), prefix.begin(), prefix.end());
    const auto [not_sent, sent] = co_await net::async_write(socket, net::buffer(question), as_value);
    if (not_sent) co_return Bytes{};
    std::array<std::byte, 2> length{};
    const auto [no_length, two] = co_await net::async_read(socket, net::buffer(length), as_value);
    if (no_length) co_return Bytes{};
    Bytes answer(Reader{length}.u16());
    const auto [no_answer, size] = co_await net::async_read(socket, net::buffer(answer), as_value);
    if (no_answer) answer.clear();
    co_return answer;
}

}  // namespace

UpstreamStreams::UpstreamStreams(const net::any_io_executor& executor, Handlers handlers)
    : group_{executor}, handlers_{std::move(handlers)} {}

bool UpstreamStreams::ask(const Decisions::Ask& ask, BytesView message) {
    if (group_.size() >= most) return false;
    ++asked_;
    group_.start(converse(ask.to, ask.id, Bytes{message.begin(), message.end()}));
    return true;
}

Task<> UpstreamStreams::converse(Endpoint to, std::uint16_t id, Bytes question) {
    using namespace net::experimental::awaitable_operators;
    co_await net::post(net::use_awaitable);  // Whoever asked is still carrying out decisions.
    const auto result = co_await (exchange(to, std::move(question)) || after(patience));
    const auto* answer = std::get_if<0>(&result);
    if (answer != nullptr && !answer->empty())
        handlers_.answered(*answer, to);
    else
        handlers_.failed(to, id);
}

}  // namespace vivi::dnsd
