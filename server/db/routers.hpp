// Routers as the hub and the API know them: whose key it is, who holds its session, what it should enforce and does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

enum class RouterState : std::uint8_t { Pending, Accepted, Revoked };

/// What a key opens. Looked up before the organisation is known.
struct Enrolment {
    std::string router{};        ///< uuid
    std::string organisation{};  ///< uuid; empty while pending.
    std::string custody{};       ///< uuid; empty while pending.
    RouterState state = RouterState::Pending;
};

/// The router of a key ("SHA256:…", as ssh-keygen -l prints it); NotFound when nobody has shown that key.
Task<Result<Enrolment>> find_enrolment(Pool& pool, std::string fingerprint);
/// Keeps an unknown key as a pending router, which can do nothing but be seen; the same row when it is known. Overflow: 10,000
/// others wait. Callers limit the rate.
Task<Result<Enrolment>> note_pending(Pool& pool, std::string fingerprint);
/// Forgets keys that nobody claimed and that have not come for 30 days, unless an operator named them; how many. As vivi_hub.
Task<Result<std::int64_t>> forget_pending_routers(Pool& pool);

/// One accepted router in one session of one hub; every write below is refused with Conflict once the session was replaced.
struct Link {
    std::string organisation{};
    std::string router{};
    std::int64_t session = 0;
    std::string custody{};  ///< uuid
};

/// A new session replaces the old one, whichever hub holds it. Denied unless the router is accepted.
Task<Result<Link>> start_session(Pool& pool, Enrolment enrolment, std::string hub);
/// Keeps what `hello` said. The result is the router's revision after it (it rises: viewers see the software and the state).
Task<Result<std::int64_t>> note_hello(Pool& pool, Link link, std::string software, std::string boot_id,
                                      std::int64_t applied_revision);
/// The router was heard now; call it every 15 s. A router not heard for 60 s is offline, whatever its hub says.
Task<Status> note_heard(Pool& pool, Link link);
/// The session ended. Nothing happens when it was replaced already.
Task<Result<std::int64_t>> end_session(Pool& pool, Link link);

/// A configuration document that was decided.
struct Desired {
    std::int64_t revision = 0;
    std::string document{};  ///< JSON text.
};

/// The desired configuration when its revision is above `above`, else nothing. Denied once the router is revoked.
Task<Result<std::optional<Desired>>> desired_configuration(Pool& pool, Link link, std::int64_t above);

/// A router as the API shows it.
struct Router {
    std::string id{};
    std::string organisation{};
    std::string event{};  ///< uuid of the event whose policy it enforces; empty: none.
    std::string name{};
    bool has_been_seen = false;
    bool is_online = false;
    std::optional<WallTime> last_seen_at{};
    std::int64_t desired_revision = 0;
    std::int64_t applied_revision = 0;
    std::string apply_error{};
    std::int64_t revision = 0;
    std::string software{};
};

/// The accepted routers of the tenant, by name.
Task<Result<std::vector<Router>>> routers(Pool& pool, Tenant tenant);
/// One of them; NotFound also when another organisation has it.
Task<Result<Router>> router(Pool& pool, Tenant tenant, std::string id);

}  // namespace vivi::db
