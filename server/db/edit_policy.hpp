// The body of change_policy(), for transactions that are open already. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/db/policies.hpp"

namespace vivi::db {

class Transaction;

Result<PolicyChange> edit_policy(Transaction& transaction, const PolicyEdit& request);

}  // namespace vivi::db
