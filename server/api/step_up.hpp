// Dangerous operations ask for proof that the person at the keyboard is still the one who signed in (ASVS 7.5.3).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "server/api/call.hpp"

namespace vivi::api {

/// Every mutation that calls require_step_up(), and no other does.
inline constexpr std::array dangerous_operations{
    std::string_view{"beginTotp"},         std::string_view{"disableTotp"},    std::string_view{"renewRecoveryCodes"},
    std::string_view{"returnRouter"},      std::string_view{"purgeDevice"},    std::string_view{"purgeEvent"},
    std::string_view{"handOverOwnership"}, std::string_view{"createApiToken"}, std::string_view{"setStaffRole"},
    std::string_view{"revokeRouterKey"},   std::string_view{"commandRouter"},  std::string_view{"staffCommandRouter"},
    std::string_view{"startRollout"},      std::string_view{"resumeRollout"},  std::string_view{"changeEmail"},
    std::string_view{"replaceRouter"},
};

/// Nothing, or the error: UNAUTHENTICATED, or STEP_UP_REQUIRED when neither signing in nor stepUp happened with this session in
/// the last 5 minutes. Callers without a session (API tokens) always get the latter. Ask it after the right, before the change.
Task<std::expected<void, graphql::FieldError>> require_step_up(Call& call);

}  // namespace vivi::api
