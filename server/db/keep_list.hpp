// The body of import_list(), for transactions that are open already. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/db/lists.hpp"

namespace vivi::db {

class Transaction;

ImportedList keep_list(Transaction& transaction, const NewList& list);

}  // namespace vivi::db
