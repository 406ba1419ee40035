// Readiness, pumping and liveness of one libssh session; what its peer asks for is answered in requests.cpp.
// SPDX-License-Identifier: Apache-2.0
#include "common/ssh/link.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::ssh {
namespace {

constexpr int most_rounds = 64;  // One busy session does not starve the others of its loop: 64 reads, then back to the loop.

int on_data(ssh_session, ssh_channel, void*, std::uint32_t, int, void* state) {
    static_cast<ChannelState*>(state)->is_fresh = true;
    static_cast<ChannelState*>(state)->readable.notify();
    return 0;  // Not taken here: it stays in libssh's buffer, and so in the peer's window, until somebody reads.
}

void on_end(ssh_session, ssh_channel, void* state) {
    static_cast<ChannelState*>(state)->is_fresh = true;
    static_cast<ChannelState*>(state)->readable.notify();
    static_cast<ChannelState*>(state)->writable.notify();
}

}  // namespace

ChannelState::ChannelState(Link& owner, ssh_channel raw)
    : link{&owner}, channel{raw}, readable{owner.executor()}, writable{owner.executor()} {
    callbacks.userdata = this;
    callbacks.channel_data_function = on_data;
    callbacks.channel_eof_function = on_end;
    callbacks.channel_close_function = on_end;
    callbacks.size = sizeof callbacks;
    ssh_add_channel_callbacks(channel, &callbacks);
    owner.channels.push_back(this);
}

ChannelState::~ChannelState() {
    if (link == nullptr) return;
    link->channels.remove(this);
    ssh_remove_channel_callbacks(channel, &callbacks);
    ssh_channel_free(channel);  // Sends the close; libssh forgets the channel when the peer has closed it too.
    link->pump();
}

bool ChannelState::can_write() const { return !link->is_write_pending() && ssh_channel_window_size(channel) > 0; }

Link::Link(net::any_io_executor executor, SessionHandle session, int fd, End end, Rules given, std::string peer_name)
    : rules{std::move(given)},
      peer{std::move(peer_name)},
      progress{executor},
      executor_{executor},
      session_{std::move(session)},
      end_{end},
      event_{ssh_event_new()},
      readiness_{executor, ::fcntl(fd, F_DUPFD_CLOEXEC, 0)},
      kick_{executor} {
    const int yes = 1;
    const auto timeout = static_cast<unsigned>(rules.liveness.dead.count());
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    ssh_set_blocking(raw(), 0);
    ssh_set_counters(raw(), &bytes, &packets);
    keep_nonblocking();
}

Link::~Link() {
    disconnect("the session is over");
    ssh_event_remove_session(event_, raw());
    ssh_event_free(event_);
}

void Link::keep_nonblocking() noexcept {
    const int flags = ::fcntl(readiness_.native_handle(), F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) == 0) ::fcntl(readiness_.native_handle(), F_SETFL, flags | O_NONBLOCK);
}

Task<> Link::ready() {
    using namespace net::experimental::awaitable_operators;
    keep_nonblocking();
    if (is_write_pending()) {
        co_await (readiness_.async_wait(net::posix::descriptor_base::wait_read, net::use_awaitable) ||
                  readiness_.async_wait(net::posix::descriptor_base::wait_write, net::use_awaitable));
    } else {
        co_await readiness_.async_wait(net::posix::descriptor_base::wait_read, net::use_awaitable);
    }
}

void Link::serve_requests() {
    keep_nonblocking();
    ssh_event_add_session(event_, raw());
    ssh_set_message_callback(raw(), &Link::on_message, this);
}

Task<Error> Link::run() {
    const auto until_ended = [](Link& link) -> Task<> {  // No captures: the frame keeps its own reference.
        while (!link.is_ended()) co_await link.progress.wait();
    };
    pump();
    co_await together(read_loop(), write_loop(), watch_liveness(), until_ended(*this));
    co_return why();
}

Task<> Link::read_loop() {
    while (!is_ended()) {
        co_await readiness_.async_wait(net::posix::descriptor_base::wait_read, as_value);
        pump();
    }
}

Task<> Link::write_loop() {
    while (!is_ended()) {
        if (is_write_pending()) {
            co_await readiness_.async_wait(net::posix::descriptor_base::wait_write, as_value);
            pump();
        } else {
            co_await kick_.wait();
        }
    }
}

/// libssh never reports a silent peer: packets are counted, and when none came for long enough the session is over.
Task<> Link::watch_liveness() {
    const auto step = std::max(std::min(rules.liveness.keepalive, rules.liveness.dead) / 4, Milliseconds{10});
    auto counted = packets.in_packets;
    auto heard = now();
    auto asked = heard;
    while (!is_ended()) {
        co_await after(step);
        const auto at = now();
        if (std::exchange(counted, packets.in_packets) != packets.in_packets) heard = at;
        if (at - heard >= rules.liveness.dead) {
            const auto silence = std::chrono::duration_cast<Milliseconds>(at - heard).count();
            end({Code::Timeout, "the peer was silent for " + std::to_string(silence) + " ms"});
        } else if (at - asked >= rules.liveness.keepalive) {
            asked = at;
            send_keepalive();
        }
    }
}

void Link::send_keepalive() {
    const auto sent = packets.out_packets;
    ssh_send_keepalive(raw());
    // When the last one was answered, the first call only takes note of that.
    if (packets.out_packets == sent) ssh_send_keepalive(raw());
    pump();
}

void Link::pump() {
    for (int round = 0; round < most_rounds && !is_ended(); ++round) {
        const int result = ssh_event_dopoll(event_, 0);
        if (result == SSH_ERROR || ssh_is_connected(raw()) == 0)
            end({Code::Unavailable, "connection lost: " + last_error()});
        else if (result == SSH_AGAIN)
            break;
    }
    wake();
}

void Link::wake() {
    if (is_ended()) return;  // end() has woken everybody.
    const bool is_news = std::exchange(seen_packets_, packets.in_packets) != packets.in_packets;
    for (auto* state : channels) {
        if (state->is_writer_waiting && state->can_write()) state->writable.notify();
        if (state->is_opening && is_news) state->readable.notify();
    }
    if (is_news) progress.notify();
    if (is_write_pending()) kick_.notify();
}

void Link::end(Error why) {
    if (is_ended()) return;
    ended_ = std::move(why);
    for (auto* state : channels) {
        state->readable.notify();
        state->writable.notify();
    }
    progress.notify();
    kick_.notify();
}

void Link::disconnect(const std::string& reason) {
    incoming.clear();
    for (auto* state : channels) {  // libssh frees its channels now.
        ssh_remove_channel_callbacks(state->channel, &state->callbacks);
        state->link = nullptr;
        state->channel = nullptr;
        state->readable.notify();
        state->writable.notify();
    }
    channels.clear();
    if (ssh_is_connected(raw()) != 0) {
        ssh_session_set_disconnect_message(raw(), reason.c_str());
        ssh_disconnect(raw());
    }
    end({Code::Unavailable, "disconnected: " + reason});
    boost::system::error_code ignored;
    readiness_.close(ignored);  // Otherwise the duplicate would keep the connection open.
}

}  // namespace vivi::ssh
