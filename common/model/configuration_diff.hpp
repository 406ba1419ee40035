// What is different between two configurations of a router, in lines that a person reads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/model/configuration.hpp"
#include "common/model/policy_diff.hpp"

namespace vivi::model {

/// Members of the router first ("dns strict: false → true"), value by value, then the policy's (pointers begin with "/policy").
/// Revision and custody are no change.
std::vector<Change> diff(const Configuration& before, const Configuration& after);

}  // namespace vivi::model
