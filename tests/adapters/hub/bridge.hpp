// A bridge for hub tests: keeps entries until they are acknowledged and writes down what it hears.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/asio/write.hpp>
#include <deque>
#include <optional>

#include "common/core/crypto.hpp"
#include "common/model/event.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/signal.hpp"
#include "common/runtime/unix_socket.hpp"
#include "common/sync/router_session.hpp"

namespace vivi::test {

class Bridge {
public:
    Bridge(net::any_io_executor executor, const std::string& socket) : acceptor_{listen_unix(executor, socket)}, news_{executor} {
        std::ranges::copy(crypto::random_bytes(16), epoch_.octets.begin());
    }

    /// One traffic batch with one row: `bytes` down for a device and a name.
    void add_traffic(std::int64_t bytes) {
        ++sequence_;
        auto body = model::to_json(model::Envelope{.at = wall_now(), .from = {.instance = instance_, .number = sequence_}});
        body.update({{"tick_ms", 250}, {"captured", 1}, {"dropped", 0}});
        body["rows"] = {{{"device", "02:00:00:00:00:01"},
                         {"name", "www.example.org"},
                         {"source", "sni"},
                         {"bytes_up", 0},
                         {"bytes_down", bytes},
                         {"packets_up", 0},
                         {"packets_down", 1}}};
        entries_.push_back({.epoch = epoch_, .sequence = sequence_, .topic = "traffic.batch", .body = body.dump()});
        news_.notify();
    }

    void ask(sync::Want want) {
        want_ = std::move(want);
        news_.notify();
    }

    Task<> run() {
        for (;;) {
            auto socket = co_await acceptor_.async_accept(net::use_awaitable);
            ++streams;
            co_await stream(std::move(socket));
        }
    }

    std::size_t waiting() const noexcept { return entries_.size(); }
    std::vector<sync::Config> configurations{};
    std::vector<sync::Watch> watches{};
    std::vector<sync::Bye> byes{};
    std::vector<sync::Blob> blobs{};
    std::optional<sync::Welcome> welcome{};
    std::int64_t applied_revision = 0;
    int streams = 0;

private:
    Task<> stream(UnixSocket socket) {
        sync::Hello hello{
            .software = "vivi-bridged test", .boot_id = instance_, .epoch = epoch_, .applied_revision = applied_revision};
        if (!entries_.empty())
            hello.stored.push_back({.epoch = epoch_, .first = entries_.front().sequence, .last = entries_.back().sequence});
        sync::RouterSession session{std::move(hello)};
        offered_ = 0;
        co_await together(read(socket, session), write(socket, session));
    }
    Task<> read(UnixSocket& socket, sync::RouterSession& session) {
        std::array<std::byte, 16 * 1024> buffer{};
        for (;;) {
            const auto [error, count] = co_await socket.async_read_some(net::buffer(buffer), as_value);
            if (error) co_return;
            const auto received = session.receive(BytesView{buffer}.first(count));
            for (const auto& message : received.messages) hear(message);
            news_.notify();
            if (received.ended) co_return;
        }
    }
    Task<> write(UnixSocket& socket, sync::RouterSession& session) {
        for (;;) {
            while (offered_ < entries_.size() && session.offer({&entries_[offered_], 1}) == 1) ++offered_;
            if (want_ && session.is_running()) session.want(*std::exchange(want_, std::nullopt));
            if (session.has_output()) {
                const auto output = session.take_output();
                const auto [error, count] = co_await net::async_write(socket, net::buffer(output), as_value);
                if (error) co_return;
            } else {
                co_await news_.wait();
            }
        }
    }
    void hear(const sync::RouterSession::Message& message) {
        if (const auto* ack = std::get_if<sync::Ack>(&message)) {
            while (!entries_.empty() && entries_.front().sequence <= ack->cursor.sequence) {
                entries_.pop_front();
                offered_ -= std::min<std::size_t>(offered_, 1);
            }
        } else if (const auto* config = std::get_if<sync::Config>(&message)) {
            configurations.push_back(*config);
        } else if (const auto* watch = std::get_if<sync::Watch>(&message)) {
            watches.push_back(*watch);
        } else if (const auto* blob = std::get_if<sync::Blob>(&message)) {
            blobs.push_back(*blob);
        } else if (const auto* bye = std::get_if<sync::Bye>(&message)) {
            byes.push_back(*bye);
        } else if (const auto* hello_back = std::get_if<sync::Welcome>(&message)) {
            welcome = *hello_back;
        }
    }

    UnixAcceptor acceptor_;
    Signal news_;
    sync::Epoch epoch_{};
    std::string instance_ = crypto::random_id();
    std::uint64_t sequence_ = 0;
    std::deque<sync::Entry> entries_;
    std::optional<sync::Want> want_{};
    std::size_t offered_ = 0;
};

}  // namespace vivi::test
