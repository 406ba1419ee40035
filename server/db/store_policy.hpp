// Writes what the policy's events of a batch added up to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/db/gathered_policy.hpp"

namespace vivi::db {

class Transaction;

/// Inside the transaction of the batch, like store(). A router has at most 200 open alarms of a kind; more of them are not kept.
void store_policy(Transaction& transaction, const std::string& router, const PolicyNews& news);

}  // namespace vivi::db
