// Reading an account inside a transaction that is open already. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/db/accounts.hpp"

namespace vivi::db {

class Transaction;

/// What the person may do now; NotFound: no such user.
Result<Account> load_account(Transaction& transaction, const std::string& user);

}  // namespace vivi::db
