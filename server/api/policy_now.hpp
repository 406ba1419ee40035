// The policy of one moment, compiled, with the lists it asks: what a router would decide then.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/policy/rules.hpp"
#include "server/api/call.hpp"
#include "server/api/catalogues.hpp"
#include "server/db/policies.hpp"

namespace vivi::api {

struct PolicyNow {
    std::shared_ptr<const BuiltCatalogue> catalogue{};  // Shared: Catalogues keeps the last few.
    Bytes rules{};
    policy::Engine engine{};  ///< Of both above.
};
/// Milliseconds; seconds when lists have to be read that were not asked lately.
Task<Result<std::shared_ptr<const PolicyNow>>> policy_at(Call& call, db::RouterPolicy decided, WallTime at);

/// A device of which the policy says nothing special.
policy::Subject anybody(const policy::Engine& engine);

}  // namespace vivi::api
