// Small changes of a policy that a click makes: let a name through for a while, or not. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/policy.hpp"

namespace vivi::api {

struct DomainDecision {
    std::string domain{};  ///< As a person typed it.
    model::Decision decision = model::Decision::Allow;
    std::optional<Mac> device{};      ///< Nothing: everybody at the event.
    std::optional<WallTime> until{};  ///< Nothing: until somebody takes it back.
    WallTime now{};
};

/// Puts the rule into the policy. For always: it replaces whatever was said about the same name and the same device. For a while:
/// what is said for always stays; that already says it, or, when Allow is for always and this is Deny, it is a problem, because
/// of equally long names Allow wins. Rules of groups and schedules stay. Rules whose end has passed are removed. Problems name
/// members of the input:
/// "/domain: …".
model::Problems decide_domain(model::Policy& policy, const DomainDecision& decision);

}  // namespace vivi::api
