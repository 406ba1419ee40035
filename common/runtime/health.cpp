// The health socket.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/health.hpp"

#include <nlohmann/json.hpp>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "common/runtime/unix_socket.hpp"

namespace vivi {

Task<> serve_health(std::string path, std::function<nlohmann::json()> document) {
    if (path.empty()) {
        for (;;) co_await after(Milliseconds{3'600'000});
    }
    auto acceptor = listen_unix(co_await net::this_coro::executor, path);
    for (;;) {
        auto socket = co_await acceptor.async_accept(net::use_awaitable);
        // The document is small and the socket buffer larger: a reader that does not read cannot hold this loop.
        socket.non_blocking(true);
        const auto text = document().dump() + '\n';
        boost::system::error_code ignored;
        socket.write_some(net::buffer(text), ignored);
    }
}

}  // namespace vivi
