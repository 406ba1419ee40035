// Strict DNS as a rule: what a configuration decides beside its policy, said in the policy's words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/model/configuration.hpp"

namespace vivi::policy {

/// The category of the shipped list that names public resolvers reached by HTTPS, TLS or QUIC.
inline constexpr std::string_view encrypted_dns = "encrypted-dns";

/// `policy`, and when DNS is strict a deny of the category `encrypted_dns` for everybody, behind its own rules: an allow of a
/// name, or of the category for a device or a group, still wins.
model::Policy with_strictness(model::Policy policy, bool is_strict);

/// The policy of a configuration with its strictness.
inline model::Policy decided_policy(const model::Configuration& configuration) {
    return with_strictness(configuration.policy, configuration.dns.strict);
}

}  // namespace vivi::policy
