// The trial of a configuration with what it needs of the outside: a file that survives, the tunnel, and a look around.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/runtime/task.hpp"
#include "router/bridged/own_events.hpp"
#include "router/bridged/trial.hpp"

namespace vivi::bridged {

/// Used by Decisions, before and after a document is put in force. Says each turn of the trial to the server:
/// `config.unconfirmed`
/// ("pending", "kept", "confirmed") and `config.reverted`.
class Confirmer {
public:
    struct Ports {
        OwnEvents& own;
        std::function<std::int64_t()> connection;  ///< The tunnel's that is used now; 0: none.
        std::function<Task<>()> dial;              ///< Asks the tunnel for another one.
        std::function<Task<Trial::Reach>(model::Configuration)> look_around;
    };
    /// `file` keeps the trial; empty: it does not survive.
    Confirmer(Ports ports, std::string file) : ports_{std::move(ports)}, file_{std::move(file)} {}

    /// What a process before this one left.
    Task<> load();
    /// What of `document` may be put in force; `in_force` is the document that holds now, empty: none.
    std::string effective(const std::string& document, const model::Configuration& configuration, const std::string& in_force);
    /// `next` is about to replace `current`: on trial where it must be. On disk when this completes.
    Task<> about_to_enforce(const model::Configuration& next, const std::optional<model::Configuration>& current,
                            std::string current_document);
    /// It could not.
    Task<> not_enforced();
    /// A hub welcomed us.
    void welcomed(std::int64_t connection);

    /// Everything there is to do now: dials, proofs, the end of the time. Gives the document to go back to, once, when it comes
    /// to that; call reverted() when it is in force.
    Task<std::optional<std::string>> look(const std::optional<model::Configuration>& current);
    Task<> reverted(const model::Configuration& failed);

    std::vector<std::string> unenforced() const { return trial_.unenforced(); }
    bool is_pending() const noexcept { return trial_.state() == Trial::State::Pending; }
    const Trial& trial() const noexcept { return trial_; }

private:
    Task<> save();
    void tell(std::string_view state);

    Ports ports_;
    std::string file_;
    net::thread_pool disk_{1};
    Trial trial_{};
    std::optional<std::int64_t> heard_{};  // A welcome that the trial has not seen.
};

/// Connects to the tunnel's socket, which is the whole question. Logs when nobody is there.
Task<> ask_for_another_connection(std::string socket);

}  // namespace vivi::bridged
