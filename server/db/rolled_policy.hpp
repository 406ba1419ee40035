// What a policy becomes when it goes back: the old rules, with the bans of today. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/model/policy.hpp"

namespace vivi::db {

/// The old policy, with the bans of `current` in the place of its own. Who is banned now is not protected by it, and
/// `never_blocked` is the current one's too.
model::Policy rolled_back(const model::Policy& old, const model::Policy& current);

}  // namespace vivi::db
