// Deadlines of streams, looked at together.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/stream.hpp"

#include "common/runtime/clock.hpp"

namespace vivi::http {

struct Deadlines::Watched {
    explicit Watched(const net::io_context::executor_type& executor) : timer{executor} {}

    boost::intrusive::list<Entry, boost::intrusive::constant_time_size<false>> entries{};
    net::basic_waitable_timer<std::chrono::steady_clock, net::wait_traits<std::chrono::steady_clock>,
                              net::io_context::executor_type>
        timer;
    bool is_waiting = false;
};

Deadlines::Deadlines(const net::io_context::executor_type& executor) : watched_{std::make_shared<Watched>(executor)} {}
Deadlines::~Deadlines() = default;

void Deadlines::watch(Entry& entry) {
    entry.unlink();
    watched_->entries.push_back(entry);
    if (!watched_->is_waiting) look_later(watched_);
}

void Deadlines::look_later(const std::shared_ptr<Watched>& watched) {
    watched->is_waiting = true;
    watched->timer.expires_after(period);
    watched->timer.async_wait([weak = std::weak_ptr{watched}](const boost::system::error_code& error) {
        const auto still = weak.lock();
        if (!still || error) return;
        still->is_waiting = false;
        const auto time = now();
        for (auto entry = still->entries.begin(); entry != still->entries.end();) {
            auto& one = *entry++;
            if (one.at > time) continue;
            one.unlink();
            boost::system::error_code ignored;
            one.socket->close(ignored);
        }
        if (!still->entries.empty()) look_later(still);
    });
}

void Stream::expires_after(Milliseconds duration) {
    deadline_.at = now() + duration;
    deadline_.socket = &socket_;
    if (!deadline_.is_linked()) deadlines_->watch(deadline_);
}

Stream::Stream(StreamSocket socket, Deadlines& deadlines) : socket_{std::move(socket)}, deadlines_{&deadlines} {
    boost::beast::error_code ignored;
    socket_.non_blocking(true, ignored);  // For write_now(); a socket that cannot be asked has ended.
}

void Stream::close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void beast_close_socket(Stream& stream) { stream.close(); }

void teardown(boost::beast::role_type role, Stream& stream, boost::beast::error_code& error) {
    boost::beast::websocket::teardown(role, stream.socket(), error);
}

}  // namespace vivi::http
