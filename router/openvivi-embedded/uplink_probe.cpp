// One HTTP request by hand.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/uplink_probe.hpp"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "common/http/codec.hpp"

namespace vivi::openvivi_embedded {
namespace {

using namespace net::experimental::awaitable_operators;
constexpr Milliseconds most_waiting{10'000};

Task<Status> ask(Url url) {
    const auto executor = co_await net::this_coro::executor;
    net::ip::tcp::resolver resolver{executor};
    const auto port = std::to_string(url.port == 0 ? 80 : url.port);
    const auto [no_name, places] = co_await resolver.async_resolve(url.host, port, as_value);
    if (no_name) co_return failed(Code::Unavailable, url.host + ": Host not found: " + no_name.message());
    net::ip::tcp::socket socket{executor};
    const auto [no_way, place] = co_await net::async_connect(socket, places, as_value);
    if (no_way) co_return failed(Code::Unavailable, url.host + ": " + no_way.message());
    const http::Request request{
        .method = "GET", .target = url.path.empty() ? "/" : url.path, .headers = {{"connection", "close"}}};
    const auto bytes = http::serialize(request, url.host);
    if (!bytes) co_return std::unexpected{bytes.error()};
    const auto [unsent, sent] = co_await net::async_write(socket, net::buffer(*bytes), as_value);
    if (unsent) co_return failed(Code::Unavailable, url.host + ": " + unsent.message());
    http::ResponseParser parser{"GET", 64 * 1024};
    std::array<char, 4096> buffer{};
    while (!parser.is_done()) {
        const auto [ended, count] = co_await socket.async_read_some(net::buffer(buffer), as_value);
        const auto read = ended ? parser.end_of_stream() : parser.feed({buffer.data(), count});
        if (!read) co_return failed(Code::Denied, url.host + ": what answered is not it: " + read.error().detail);
    }
    if (const auto status = parser.take().status; status != 204)
        co_return failed(Code::Denied, "something answers in place of " + url.host + " (" + std::to_string(status) +
                                           "): the venue's sign-in page must be passed first");
    co_return Status{};
}

}  // namespace

Task<Status> probe_uplink(Url url) {
    auto outcome = co_await (ask(std::move(url)) || after(most_waiting));
    if (outcome.index() == 1) co_return failed(Code::Timeout, "nobody answered within 10 s");
    co_return std::move(std::get<0>(outcome));
}

}  // namespace vivi::openvivi_embedded
