// One stream to the hub: the sync session with its socket, its outbox and its clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/runtime/task.hpp"
#include "common/runtime/unix_socket.hpp"
#include "common/sync/liveness.hpp"
#include "common/sync/router_session.hpp"
#include "router/bridged/outbox.hpp"

namespace vivi::bridged {

/// What the hub says, and what the hello needs to know; owned by the daemon, outlives every link.
struct LinkHandlers {
    std::function<void(sync::Config)> config;
    std::function<void(sync::Watch)> watch;
    std::function<void(std::int64_t session)> welcomed;  ///< A stream has begun, on the connection with that number.
    std::function<Task<Result<std::vector<std::string>>>()> snapshot;  ///< The parts of how everything is now.
    std::function<void(sync::Blob)> blob;
    std::function<std::optional<sync::Want>()> want;      ///< What to ask for now; each is given once.
    std::function<void(std::uint64_t sequence)> durable;  ///< Everything below it is at the hub and out of the outbox.
    std::function<std::string()> custody;
    std::function<std::int64_t()> applied_revision;
};

/// Runs one session from hello to the end of the stream. Three loops on one socket: what comes, what goes, and the pings.
class SyncLink {
public:
    SyncLink(UnixSocket socket, Outbox& outbox, std::string boot_id, const LinkHandlers& handlers);

    /// Ends with the stream; a bye is sent first where there is a reason. Never throws but for cancellation.
    Task<> run();

    /// "none" before the hello, "greeting", "running", "ended".
    std::string_view state() const noexcept;
    const std::optional<sync::Cursor>& last_ack() const noexcept { return last_ack_; }
    std::size_t unacknowledged_entries() const noexcept { return session_ ? session_->unacknowledged_entries() : 0; }
    /// Of the tunnel's connection that this stream came by; 0: not welcomed (yet, or any more), or the hub did not say.
    std::int64_t connection() const noexcept { return session_ && session_->is_running() ? connection_ : 0; }

private:
    Task<> greet();
    Task<> receive();
    Task<> send();
    Task<> stay_alive();
    Task<> fill();
    Task<> trim();
    Task<bool> flush();
    Task<> tell_how_things_are();
    void handle(const sync::RouterSession::Message& message);
    void on(const sync::Welcome& welcome);
    void on(const sync::Ack& ack);
    void on(const sync::Config& config) { handlers_.config(config); }
    void on(const sync::Watch& watch) { handlers_.watch(watch); }
    void on(const sync::Blob& blob) { handlers_.blob(blob); }
    void on(const sync::SnapshotWanted&) { is_snapshot_wanted_ = true; }
    void on(const sync::Pong&) {}
    void on(const sync::Bye&) {}

    UnixSocket socket_;
    Outbox& outbox_;
    std::string boot_id_;
    const LinkHandlers& handlers_;
    std::optional<sync::RouterSession> session_;
    std::optional<sync::Liveness> liveness_;
    sync::Epoch epoch_{};            // Of the hello: when the outbox begins another one, this session is over.
    bool must_renew_ = false;        // The hub has more of our epoch than we ever wrote.
    std::uint64_t next_ = 1;         // The first sequence that was not offered yet.
    std::uint64_t trimmed_ = 0;      // Everything below it is out of the outbox.
    std::size_t entry_bytes_ = 512;  // Of the entries read last: how many to read at once.
    std::optional<sync::Cursor> last_ack_;
    std::int64_t connection_ = 0;
    bool is_snapshot_wanted_ = false;
};

}  // namespace vivi::bridged
