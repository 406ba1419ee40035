// One connected router: its SSH session, its sync stream, its embedded API, and its row in PostgreSQL.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/hub/commands.hpp"
#include "server/hub/sync_stream.hpp"

namespace vivi::hub {

class Fleet;

/// Lives from the accepted handshake to the end of the connection, on one thread. Of the hub it touches nothing but Services,
/// which are of all threads, and its thread's Fleet.
class Tunnel {
public:
    Tunnel(net::any_io_executor executor, std::unique_ptr<ssh::Session> ssh, db::Enrolment enrolment, std::string peer,
           Services& services, Fleet& fleet);

    /// Until the connection ends, the router is to leave (leave()), or it is cancelled: then it says goodbye and marks the row.
    Task<> run();

    /// Ends run(): replaced, revoked. False when it was ending already.
    bool leave(Error why);
    const std::string& router() const noexcept { return enrolment_.router; }
    std::int64_t session() const noexcept { return link_.session; }
    Wishes& wishes() noexcept { return wishes_; }
    Commands& commands() noexcept { return commands_; }
    bool has_stream() const noexcept { return stream_ != nullptr && stream_->has_greeted(); }

private:
    Task<bool> start();
    Task<> connection();
    Task<> until_leaving();
    Task<> keep_stream();
    Task<> note_heard();
    Task<> visit_api();
    Task<> finish();
    void announce_status(std::int64_t revision);

    net::any_io_executor executor_;
    std::unique_ptr<ssh::Session> ssh_;
    db::Enrolment enrolment_;
    std::string peer_;
    Services& services_;
    Fleet& fleet_;
    db::Link link_{};
    Wishes wishes_;
    Commands commands_;
    Signal leaving_;
    std::optional<Error> why_{};
    SyncStream* stream_ = nullptr;  // While one is open.
};

}  // namespace vivi::hub
