// A router that nobody has claimed yet: held, so that it can show a code and be somebody's within seconds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/hub/sync_stream.hpp"

namespace vivi::hub {

class Fleet;

/// It can do nothing but be seen: no stream is opened to it and nothing it says is kept. What it is told is its claim code.
class PendingRouter {
public:
    /// `session` is authenticated as the key of `enrolment`, with the fingerprint `print`.
    PendingRouter(net::any_io_executor executor, ssh::Session& session, db::Enrolment enrolment, std::string print,
                  Services& services, Fleet& fleet);

    /// Until somebody has it: its enrolment, and the session goes on. Nothing: the connection ended, a newer one of the same key
    /// came, the key was revoked, or it was held for an hour.
    Task<std::optional<db::Enrolment>> run();

    const std::string& router() const noexcept { return enrolment_.router; }
    /// Rises from one connection of this hub to the next.
    std::uint64_t serial() const noexcept { return serial_; }
    /// Somebody decided something about it: look now.
    void wake() { news_.notify(); }
    void leave(Error why);

private:
    Task<> connection();
    Task<> until_over();
    Task<> show_codes();
    Task<> watch_for_claim();
    Task<bool> show(std::string code, WallTime ends);
    void end(Error why);

    ssh::Session& session_;
    db::Enrolment enrolment_;
    std::string print_;
    Services& services_;
    Fleet& fleet_;
    std::uint64_t serial_;
    Signal news_, over_;
    std::optional<db::Enrolment> claimed_{};
    std::optional<Error> why_{};
};

}  // namespace vivi::hub
