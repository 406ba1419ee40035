// One libssh session on the loop: waiting for its socket, pumping packets, waking whoever waits. Private to common/ssh.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <list>
#include <optional>
#include <set>

#include "common/runtime/signal.hpp"
#include "common/ssh/session.hpp"

namespace vivi::ssh {

enum class End : std::uint8_t { Hub, Router };

struct SessionFree {
    void operator()(ssh_session_struct* session) const noexcept { ssh_free(session); }
};
using SessionHandle = std::unique_ptr<ssh_session_struct, SessionFree>;

/// A channel as libssh sees it. The Link outlives neither it nor the other way round: whoever ends first lets go of the other.
struct ChannelState {
    ChannelState(Link& owner, ssh_channel raw);
    ~ChannelState();
    ChannelState(const ChannelState&) = delete;
    ChannelState& operator=(const ChannelState&) = delete;

    bool can_write() const;

    Link* link;           ///< Null once the session is gone.
    ssh_channel channel;  ///< Null with it.
    ssh_channel_callbacks_struct callbacks{};
    Signal readable, writable;
    bool is_writer_waiting = false;
    bool is_opening = false;
    bool is_fresh = false;  ///< Data or the end came since this was last set to false.
};

/// libssh is told never to block; it says with POLLOUT in its poll flags that it still has something to write.
class Link {
public:
    /// `fd` is the connected socket the session uses.
    Link(net::any_io_executor executor, SessionHandle session, int fd, End end, Rules rules, std::string peer);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// During the handshake: until the socket has something for libssh, or takes what it still has to write.
    Task<> ready();
    /// libssh makes a socket blocking again when it finds it connected; called after each step of the handshake.
    void keep_nonblocking() noexcept;
    /// The handshake is over: requests of the peer are answered by the rules from now on.
    void serve_requests();

    Task<Error> run();
    /// Lets libssh read and write what it can now, then wakes those whose wait is over. After every call into libssh.
    void pump();
    void end(Error why);
    void disconnect(const std::string& reason);

    bool is_write_pending() const { return (ssh_get_poll_flags(raw()) & SSH_WRITE_PENDING) != 0; }
    bool is_ended() const noexcept { return ended_.has_value(); }
    const Error& why() const { return *ended_; }
    std::string last_error() const { return ssh_get_error(session_.get()); }
    ssh_session raw() const noexcept { return session_.get(); }
    net::any_io_executor executor() const { return executor_; }
    /// Tells the writing loop that there is something to write.
    void kick() { kick_.notify(); }

    const Rules rules;
    const std::string peer;
    PublicKey peer_key{};
    std::set<Forward> forwards{};     ///< Asked for, and granted.
    std::deque<Incoming> incoming{};  ///< Opened by the peer, not yet taken; bounded by most_channels.
    std::list<ChannelState*> channels{};
    Signal progress;  ///< A forward or a channel came, or the session ended.
    ssh_counter_struct packets{}, bytes{};

private:
    Task<> read_loop();
    Task<> write_loop();
    Task<> watch_liveness();
    void send_keepalive();
    void wake();
    static int on_message(ssh_session session, ssh_message message, void* self);
    bool answer(ssh_message message);
    bool answer_forward(ssh_message message);
    bool answer_open(ssh_message message);
    void refuse(const std::string& kind, const std::string& detail);

    net::any_io_executor executor_;
    SessionHandle session_;
    End end_;
    ssh_event event_;
    net::posix::stream_descriptor readiness_;  ///< A duplicate: libssh closes its own descriptor when it likes.
    Signal kick_;
    std::optional<Error> ended_{};
    std::uint64_t seen_packets_ = 0;
    std::size_t refusals_ = 0;
};

}  // namespace vivi::ssh
