// One sync stream of a router: events go into PostgreSQL and are acknowledged, decisions go down.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "common/runtime/signal.hpp"
#include "common/ssh/session.hpp"
#include "common/sync/hub_session.hpp"
#include "common/sync/liveness.hpp"
#include "server/db/ingest.hpp"
#include "server/db/routers.hpp"
#include "server/hub/announcer.hpp"
#include "server/hub/hearing.hpp"

namespace vivi::hub {

/// What the server wants of a router at the moment. The fleet writes it, the router's stream reads it.
struct Wishes {
    explicit Wishes(net::any_io_executor executor) : changed{std::move(executor)} {}
    bool is_desired_unread = true;   ///< PostgreSQL may hold a newer configuration than was sent.
    std::int64_t sent_revision = 0;  ///< Of the configuration this session knows the router to have been given.
    Instant watched_until{};         ///< Somebody looks.
    bool is_watch_news = false;      ///< watched_until changed.
    Signal changed;
};

/// The code of the last word, as docs/protocol.md section 3 names it: "replaced" for Conflict, "revoked" for Denied.
std::string bye_code(const Error& why);

/// What streams need of the hub.
struct Services {
    std::string hub{};
    db::Pool& pool;
    Announcer& announcer;
    Hearing& hearing;
    Counts& counts;
};

class SyncStream {
public:
    SyncStream(net::any_io_executor executor, ssh::Channel channel, db::Link link, Wishes& wishes, Services& services);

    /// Until the stream ends; says why. Conflict and Denied: the router's session is to end too (replaced, revoked).
    Task<Error> run();
    /// The last word; waits at most 500 ms until it was heard. The session must be running.
    Task<> say_bye(sync::Bye bye);
    bool has_greeted() const noexcept { return session_.is_running(); }
    const sync::Hello& hello() const noexcept { return hello_; }

private:
    Task<> until_heard(const Bytes& last);
    Task<> read();
    Task<> write();
    Task<> commit();
    Task<> pass_decisions();
    Task<> pass_lists();
    Task<> watch_liveness();
    Task<> greet();
    Task<Result<std::vector<sync::Cursor>>> durable_cursors();
    std::vector<sync::Cursor> announced(const std::vector<sync::Cursor>& cursors);
    Task<Status> note_epochs(const std::vector<sync::Cursor>& cursors);
    void take(sync::Snapshot part);
    bool is_snapshot_due() const;
    Task<> keep_snapshot();
    Task<bool> store(db::Batch batch);
    Task<bool> pass_configuration();
    void pass_watch();
    db::Batch take_batch();
    void end(Error why);
    void flush() { output_.notify(); }

    ssh::Channel channel_;
    db::Link link_;
    Wishes& wishes_;
    Services& services_;
    sync::HubSession session_;
    sync::Liveness liveness_;
    sync::Hello hello_{};
    std::deque<sync::Entry> pending_;  // Bounded by the sync window: more ends the stream.
    std::optional<Error> ended_{};
    std::map<sync::Epoch, std::uint64_t> durable_{};  // Of the epochs this stream may bring.
    std::vector<sync::Snapshot> snapshot_{};          // The parts that have come; none unless it was asked for.
    bool is_snapshot_asked_ = false;
    std::optional<sync::Want> wanted_{};  // The newest: a router waits for one answer at a time.
    Signal arrived_, output_, over_, asked_;
    std::uint64_t pings_ = 0;
    Instant watch_sent_{};
    bool is_greeting_ = false;
    std::optional<Present> present_{};  // Once it has greeted.
};

}  // namespace vivi::hub
