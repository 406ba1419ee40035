// One statement: every minute, and after a router told of an alarm.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/unheard_alarms.hpp"

#include "server/db/transaction.hpp"

namespace vivi::db {

void end_unheard_alarms(Transaction& transaction, const std::string& router) {
    transaction.run(
        "update alarms set cleared_at = last_at from routers, (values ('dhcp.rogue', interval '5 minutes'),"
        " ('dhcp.conflict', interval '15 minutes'), ('network.foreign_ra', interval '35 minutes')) as silence(kind, span)"
        " where alarms.organisation_id = current_organisation() and routers.organisation_id = current_organisation()"
        " and routers.id = alarms.router_id and alarms.kind = silence.kind and alarms.cleared_at is null"
        " and alarms.last_at < now() - silence.span and routers.last_seen_at > alarms.last_at + silence.span"
        " and ($1 = '' or routers.id::text = $1)",
        router);
}

}  // namespace vivi::db
