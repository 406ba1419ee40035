// The policy of a router, or of the event it belongs to: read, changed under lock, with what must agree.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/model/policy.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct RouterPolicy {
    std::string router{};  ///< Empty: an event's.
    std::string organisation{};
    std::int64_t desired_revision = 0;  ///< Of the configuration that holds it; of an event: how often it was decided.
    std::int64_t revision = 0;          ///< The router's, for viewers.
    model::Policy policy{};
    bool is_strict = false;  ///< model::Dns::strict of the same configuration.
};

/// The policy that was decided last; NotFound also when another organisation has the router.
Task<Result<RouterPolicy>> policy(Pool& pool, Tenant tenant, std::string router);
/// The policy of an event; while nobody decided, the default with the event's time zone and phases, at revision 0. NotFound.
Task<Result<RouterPolicy>> event_policy(Pool& pool, Tenant tenant, std::string event);

/// A router that has a new revision by a decision, for those who announce it.
struct NewRevision {
    std::string router{};
    std::string organisation{};
    std::int64_t desired_revision = 0;
    std::int64_t revision = 0;
};

struct PolicyEdit {
    /// Whose policy: that of a router, which is its event's when it belongs to one; or, when `router` is empty, an event's.
    std::string router{};
    std::string event{};
    /// Set: only when this is still the desired revision of the router (the policy revision of the event).
    std::optional<std::int64_t> base_revision{};
    /// Changes the policy, or says everything that is wrong with the request ("/domains/3/domain: …"). Runs on a thread of the
    /// pool.
    std::function<model::Problems(model::Policy&)> edit{};
    /// Names of the dashboard and the hub: no rule may block them, so they are added to whatever the policy becomes.
    std::vector<std::string> never_blocked{};
    /// Time zone and phases only: an event on whose policy nobody decided stays so.
    bool is_frame = false;
    bool is_trial = false;     ///< Nothing is written: `after` says what would be.
    std::string action{};      ///< For the audit log: "policy.replaced".
    std::string detail{"{}"};  ///< JSON text, likewise.
    std::string user{};        ///< uuid of who decided; empty: an operator at the command line.
    std::string address{};
};

struct PolicyChange {
    enum class Outcome : std::uint8_t {
        Changed,   ///< Or would be, on trial.
        Same,      ///< Nothing to do: no new revision.
        Conflict,  ///< Somebody was first: `after` is what is decided now.
        Refused,   ///< `problems`; `after` is what stays decided.
    };
    Outcome outcome = Outcome::Same;
    model::Problems problems{};
    model::Policy before{};
    RouterPolicy after{};
    std::vector<NewRevision> routers{};  ///< All that changed: several when they share an event.
};

/// One transaction: configuration revisions, routers, the event, the devices' bans, audit. NotFound: no such router (event) here.
/// Denied: the event is closed.
Task<Result<PolicyChange>> change_policy(Pool& pool, Tenant tenant, PolicyEdit edit);

/// What a document that does not mention time zone or phases says about them.
enum class Frame : std::uint8_t {
    Default,  ///< UTC, none.
    Stays,    ///< As they are: an event's.
};
/// An edit that puts `document` in the place of the policy.
std::function<model::Problems(model::Policy&)> replacement(model::Json document, Frame frame = Frame::Default);

}  // namespace vivi::db
