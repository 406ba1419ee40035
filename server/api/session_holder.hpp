// The caller as the holder of a session: what concerns one's own account needs one, an API token is not enough.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/call.hpp"

namespace vivi::api {

/// UNAUTHENTICATED for strangers and for callers without a session.
inline std::expected<auth::Logins::Holder, graphql::FieldError> session_holder(const Call& call) {
    const auto account = signed_in(call);
    if (!account) return std::unexpected{account.error()};
    if (call.token.empty()) return graphql::field_error("Sign in first.", "UNAUTHENTICATED");
    return auth::Logins::Holder{
        .token = call.token, .user = (*account)->user, .email = (*account)->email, .address = call.address};
}

}  // namespace vivi::api
