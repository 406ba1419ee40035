// Adding the rule.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/strict.hpp"

#include <utility>

namespace vivi::policy {

model::Policy with_strictness(model::Policy policy, bool is_strict) {
    if (is_strict) policy.categories.push_back({.category = std::string{encrypted_dns}, .decision = model::Decision::Deny});
    return policy;
}

}  // namespace vivi::policy
