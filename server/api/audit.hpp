// The audit log as a connection, for an organisation's owners and for GodView.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/call.hpp"

namespace vivi::api {

/// AuditEntryConnection by the arguments first, after and action; of everybody when `pool` is vivi_staff's and the tenant empty.
Task<graphql::Resolved> read_audit_log(db::Pool& pool, db::Tenant tenant, const graphql::Arguments& arguments);

}  // namespace vivi::api
