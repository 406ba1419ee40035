// A site that listens on a thread of its own, and a client that sends raw bytes to it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <string>
#include <thread>

#include "common/http/server.hpp"
#include "tests/adapters/child.hpp"

namespace vivi::http {

/// Serves until it is destroyed; the site must be whole before.
class RunningSite {
public:
    explicit RunningSite(Site site) : site_{std::move(site)} {
        net::co_spawn(io_, serve_tcp("127.0.0.1", port_, site_),
                      net::bind_cancellation_slot(stop_.slot(), [](std::exception_ptr) {}));
        thread_ = std::jthread{[this] { io_.run(); }};
        test::await("the site to listen", [this] { return test::accepts(port_); });
    }
    ~RunningSite() { stop(); }
    /// Returns when every connection has ended.
    void stop() {
        if (!thread_.joinable()) return;
        net::post(io_, [this] { stop_.emit(net::cancellation_type::terminal); });
        thread_.join();
    }
    std::uint16_t port() const noexcept { return port_; }
    std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

private:
    Site site_;
    std::uint16_t port_ = test::free_port();
    net::io_context io_{1};
    net::cancellation_signal stop_{};
    std::jthread thread_{};
};

/// A blocking connection; every read ends within `patience`.
class RawClient {
public:
    explicit RawClient(std::uint16_t port, Milliseconds patience = Milliseconds{5'000}) {
        const net::ip::tcp::endpoint place{net::ip::address_v4::loopback(), port};
        socket_.connect(place);
        timeval limit{};
        limit.tv_sec = static_cast<time_t>(patience.count() / 1000);
        limit.tv_usec = static_cast<suseconds_t>(patience.count() % 1000 * 1000);
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }
    /// False when the peer has closed.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    /// What comes until `mark` was seen, the peer closed, or the patience ended.
    std::string read_until(std::string_view mark) {
        while (!pending_.contains(mark) && more()) {
        }
        const auto end = pending_.find(mark);
        return take(end == std::string::npos ? pending_.size() : end + mark.size());
    }
    std::string read(std::size_t count) {
        while (pending_.size() < count && more()) {
        }
        return take(std::min(count, pending_.size()));
    }
    /// Everything until the peer closes.
    std::string read_all() {
        while (more()) {
        }
        return take(pending_.size());
    }
    /// Did the peer end the connection (rather than our patience)?
    bool is_closed() const noexcept { return closed_; }
    net::ip::tcp::socket& socket() noexcept { return socket_; }

private:
    bool more() {
        std::array<char, 65536> piece{};
        const auto count = ::recv(socket_.native_handle(), piece.data(), piece.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN)) closed_ = true;
        if (count <= 0) return false;
        pending_.append(piece.data(), static_cast<std::size_t>(count));
        return true;
    }
    std::string take(std::size_t count) {
        auto taken = pending_.substr(0, count);
        pending_.erase(0, count);
        return taken;
    }

    net::io_context io_{1};
    net::ip::tcp::socket socket_{io_};
    std::string pending_{};
    bool closed_ = false;
};

}  // namespace vivi::http
