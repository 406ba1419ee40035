// What a resolver works with: the services of the process, and who asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "server/auth/accounts.hpp"
#include "server/auth/denials.hpp"
#include "server/auth/logins.hpp"
#include "server/auth/new_passwords.hpp"
#include "server/auth/revocations.hpp"
#include "server/auth/rights.hpp"
#include "server/auth/tokens.hpp"
#include "server/db/devices.hpp"
#include "server/db/routers.hpp"
#include "server/egress/mail.hpp"
#include "server/graphql/resolvers.hpp"
#include "server/live/notices.hpp"
#include "server/live/wakeups.hpp"
#include "server/live/watches.hpp"

namespace vivi::api {

class Catalogues;
class Vendors;
struct Standing;

/// All outlive every call. `pool` connects as vivi_api.
struct Services {
    db::Pool& pool;
    auth::Logins& logins;
    live::Wakeups& wakeups;
    live::Watches& watches;
    live::Notices& notices;
    Catalogues& catalogues;  ///< What "what would happen?" asks.
    auth::Accounts& accounts;
    auth::NewPasswords& new_passwords;
    egress::Mail& mail;
    std::string public_url{};                 ///< Where links in letters lead: https://vivi.example.
    auth::Denials& denials;                   ///< Refusals, on their way into the audit log.
    auth::Tokens& tokens;                     ///< Of programs and big screens.
    auth::Revocations& revocations;           ///< Whose access changed.
    db::Pool& staff;                          ///< As vivi_staff: GodView's.
    std::vector<std::string> public_names{};  ///< Of the dashboard and the hub: no policy blocks them.
    std::string push_key{};                   ///< The public half, base64url; empty: no push messages are sent.
    const Vendors* vendors = nullptr;         ///< Who made a device; null: nobody knows.
};

/// One request, or one socket with all its operations.
struct Call {
    const Services& services;
    std::optional<db::Account> account{};  ///< Nothing: nobody is signed in.
    std::optional<Error>
        account_problem{};              ///< There is a cookie, and whose it is could not be found out: neither known nor nobody.
    std::string token{};                ///< Of the session; empty without one.
    std::string bearer{};               ///< The API token instead of a session; empty without one.
    std::optional<auth::Place> show{};  ///< The event whose aggregates a show link lets the caller see.
    std::string show_link{};            ///< Its uuid,
    std::string show_token{};           ///< and the token of its cookie.
    std::string address{};
    std::string user_agent{};
    std::vector<std::string> cookies{};  ///< Values of Set-Cookie fields that the operation asked for.
};

/// The caller's account, or the error UNAUTHENTICATED (UNAVAILABLE while it cannot be known).
std::expected<const db::Account*, graphql::FieldError> signed_in(const Call& call);

/// Something the person can put right; part of a payload, not of `errors`.
struct UserError {
    std::string code{};
    std::string message{};
    std::optional<std::string> field{};
};

/// Where a router's rows are kept, and what rights over it are asked of.
auth::Place place_of(const db::Router& router);
/// Does the caller hold `right` there? False for strangers.
bool may(const Call& call, auth::Right right, const auth::Place& place);
bool may(const Call& call, auth::Right right, const Standing& standing);
/// Anywhere? Strangers hold only Right::Anyone.
bool may_somewhere(const Call& call, auth::Right right);
/// For the audit log: `what` was refused to the caller.
void note_denial(const Call& call, std::string what, std::string organisation);
/// Nothing, or the error: UNAUTHENTICATED for strangers, FORBIDDEN for those who lack the right. For places the caller may see.
std::expected<void, graphql::FieldError> require(const Call& call, auth::Right right, const auth::Place& place);

/// The organisations in which the caller holds `right` somewhere, each once: which tenants to look in.
std::vector<db::Tenant> tenants(const Call& call, auth::Right right);
/// The organisation of an id, when the caller holds `right` somewhere in it; nothing otherwise.
std::optional<db::Tenant> find_organisation(const Call& call, std::string_view id, auth::Right right = auth::Right::See);

/// A router that the caller may see, with the tenant it was found under.
struct FoundRouter {
    db::Tenant tenant{};
    db::Router router{};
};
/// Nothing for an id of another type, one that does not exist and one of somebody else's (or of another event): they look the
/// same. The error is UNAUTHENTICATED, or that the database is away.
Task<std::expected<std::optional<FoundRouter>, graphql::FieldError>> find_router(Call& call, std::string id);
/// The same, where the schema needs one: the error is NOT_FOUND, or FORBIDDEN where the caller sees it and lacks `right`.
Task<std::expected<FoundRouter, graphql::FieldError>> require_router(Call& call, std::string id,
                                                                     auth::Right right = auth::Right::See);

/// A device that the caller may see, with its router.
struct FoundDevice {
    FoundRouter at{};
    db::Device device{};
};
/// As find_router.
Task<std::expected<std::optional<FoundDevice>, graphql::FieldError>> find_device(Call& call, std::string id);

/// The MAC of a device of that router; nothing when there is none, or it is somebody else's.
Task<std::expected<std::optional<Mac>, graphql::FieldError>> find_mac(Call& call, std::string router_id, std::string device_id);

/// Tells the hub and the viewers about a decision that is committed: ours at once, the others by the broker.
Task<> announce(Call& call, live::Decision decision);

/// A root field that waits: `resolve` is called once.
using RootField = Task<graphql::Resolved> (*)(const graphql::Arguments&, Call&);
graphql::Batch root(RootField resolve);

/// A list of objects that live in `values`, which their parent owns.
template <class T>
graphql::Value borrowed_list(const std::vector<T>& values) {
    graphql::List list;
    list.reserve(values.size());
    for (const auto& value : values) list.emplace_back(graphql::Object::borrowed(value));
    return list;
}

}  // namespace vivi::api
