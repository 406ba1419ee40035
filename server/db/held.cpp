// SQL of the hub's look at its routers.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/held.hpp"

#include "server/db/arrays.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {

Task<Result<std::vector<Held>>> held_routers(Pool& pool, std::string hub, std::vector<std::string> routers) {
    using Found = std::vector<Held>;
    ArrayLiteral asked;
    for (const auto& router : routers) asked.add(router);
    const std::function<Result<Found>(Transaction&)> body = [hub,
                                                             asked = asked.text()](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row :
             transaction.run("select id::text, session, state, desired_revision, exists (select from commands c where"
                             " c.router_id = routers.id and c.state in ('queued', 'sent', 'running')) from routers where hub = "
                             "$1 and id = any($2::uuid[])",
                             hub, asked)) {
            const auto state = row[2].as<std::string>();
            found.push_back({.router = row[0].as<std::string>(),
                             .session = row[1].as<std::int64_t>(),
                             .state = state == "accepted"  ? RouterState::Accepted
                                      : state == "revoked" ? RouterState::Revoked
                                                           : RouterState::Pending,
                             .desired_revision = row[3].as<std::int64_t>(),
                             .has_commands = row[4].as<bool>()});
        }
        return found;
    };
    auto found = co_await pool.transact<Found>({}, body);
    co_return found;
}

}  // namespace vivi::db
