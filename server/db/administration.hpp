// What an operator does at the command line, as the owner of the schema. Blocking; for vivi-admin and tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "server/db/lists.hpp"

namespace vivi::db {

/// Each answers with the id of what it made; Conflict when it is there already, NotFound when the organisation is not.
Result<std::string> create_organisation(const std::string& owner_url, const std::string& name);

struct NewUser {
    std::string email{};
    std::string name{};
    std::string password_hash{};
    bool is_staff = false;
    std::string organisation{};  ///< uuid
    std::string role{};          ///< owner, organiser, operator, viewer
};
Result<std::string> create_user(const std::string& owner_url, const NewUser& user);

struct NewRouter {
    std::string fingerprint{};   ///< "SHA256:…"
    std::string organisation{};  ///< uuid
    std::string name{};
    std::string configuration{};  ///< JSON text of the first revision; custody and revision are filled in.
};
/// Works for a key that is pending and for one that was never seen. Invalid with every problem of the configuration.
Result<std::string> accept_router(const std::string& owner_url, const NewRouter& router);

/// Many keys at once, all or none.
struct RouterBatch {
    std::string lines{};          ///< "SHA256:… name", one a line; empty lines and those that begin with # are skipped.
    std::string organisation{};   ///< uuid; empty: they stay pending, without end, until somebody claims them.
    std::string configuration{};  ///< JSON text of everybody's first revision, with an organisation.
};
/// The ids, one a line, in the order of the batch. Each as accept_router(); the error names the line.
Result<std::string> register_routers(const std::string& owner_url, const RouterBatch& batch);

/// A claim code for the router with this key ("7ZK4T-9QH2M-R"), good for half an hour; it is shown this once. A key that was
/// never seen becomes a pending router. Conflict: somebody has the router already.
Result<std::string> offer_claim_code(const std::string& owner_url, const std::string& fingerprint);

/// The policy of a router as JSON text, with every member.
Result<std::string> get_policy(const std::string& owner_url, const std::string& router);

struct OperatorsPolicy {
    std::string router{};                         ///< uuid
    std::string text{};                           ///< JSON of a policy, or of a profile.
    std::optional<std::int64_t> base_revision{};  ///< Set: only when this is still the desired revision (Conflict otherwise).
    std::vector<std::string> never_blocked{};     ///< Names of the dashboard and the hub, added to the document's.
};
/// Decides it as the router's next revision, bans included, and gives the desired revision, which is the old one when it is the
/// policy already. Invalid with every problem. A hub that holds the router's session sees the revision within 5 s.
Result<std::string> set_policy(const std::string& owner_url, const OperatorsPolicy& policy);

/// The configuration that was decided last, as JSON text.
Result<std::string> get_configuration(const std::string& owner_url, const std::string& router);

/// Decides the router's next revision: the members of `text` (a JSON object with some of networks, uplink, dns, firewall, policy,
/// monitoring) take the place of those of the configuration decided last. Gives the desired revision. Invalid with every problem.
Result<std::string> set_configuration(const std::string& owner_url, const std::string& router, const std::string& text);

/// Keeps a list that make_list() read, and gives the SHA-256 that a policy names it by. NotFound: no such organisation.
Result<std::string> import_list(const std::string& owner_url, const std::string& organisation, const NewList& list);

}  // namespace vivi::db
