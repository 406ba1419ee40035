// The policy of a router as its configuration holds it: read, changed under lock, with what must agree.
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
    std::string router{};
    std::string organisation{};
    std::int64_t desired_revision = 0;  ///< Of the configuration that holds it.
    std::int64_t revision = 0;          ///< The router's, for viewers.
    model::Policy policy{};
    bool is_strict = false;  ///< model::Dns::strict of the same configuration.
};

/// The policy that was decided last; NotFound also when another organisation has the router.
Task<Result<RouterPolicy>> policy(Pool& pool, Tenant tenant, std::string router);

struct PolicyEdit {
    std::string router{};
    /// Set: only when this is still the desired revision.
    std::optional<std::int64_t> base_revision{};
    /// Changes the policy, or says everything that is wrong with the request ("/domains/3/domain: …"). Runs on a thread of the
    /// pool.
    std::function<model::Problems(model::Policy&)> edit{};
    /// Names of the dashboard and the hub: no rule may block them, so they are added to whatever the policy becomes.
    std::vector<std::string> never_blocked{};
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
};

/// One transaction: configuration revision, router, the devices' bans, audit. NotFound: no such router here.
Task<Result<PolicyChange>> change_policy(Pool& pool, Tenant tenant, PolicyEdit edit);

/// An edit that puts `document` in the place of the policy.
std::function<model::Problems(model::Policy&)> replacement(model::Json document);

}  // namespace vivi::db
