// The commands of one connected router, from the queue to their end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/http/message.hpp"
#include "common/runtime/signal.hpp"
#include "common/ssh/session.hpp"
#include "server/hub/command_steps.hpp"

namespace vivi::hub {

struct Services;

/// Reads them when told to look, at the start, and every second while one is open; does one step of each. Everything it must
/// remember is in PostgreSQL: another hub, or this one after a restart, goes on where it was. What may have reached the router is
/// asked about before it is sent again, and the router takes an id once only.
class Commands {
public:
    /// All outlive it; `link` is filled in before run().
    Commands(net::any_io_executor executor, ssh::Session& ssh, const db::Enrolment& enrolment, const db::Link& link,
             Services& services);

    /// Never ends by itself.
    Task<> run();
    /// There may be something new.
    void look();

private:
    /// False: nothing is open.
    Task<bool> turn();
    Task<> advance(const db::Job& job, CommandStep step);
    Task<> fetch_nonce(const db::Job& job);
    Task<> send(const db::Job& job);
    Task<> ask(const db::Job& job);
    Task<> take_answer(const db::Job& job, const http::Response& response);
    Task<> refuse(const db::Job& job, const http::Response& response);
    Task<> note(const db::Job& job, model::CommandReport report);
    Task<> upload(const db::Job& job, std::uint64_t offset);
    Task<std::string> boot_id_now();
    void announce();

    ssh::Session& ssh_;
    const db::Enrolment& enrolment_;
    const db::Link& link_;
    Services& services_;
    Signal news_;
    bool is_news_ = true;
    std::map<std::string, std::string> noted_{};  ///< Of open commands: what was written last.
    std::map<std::string, int> denials_{};        ///< Of open commands: tokens that the router did not take.
};

}  // namespace vivi::hub
