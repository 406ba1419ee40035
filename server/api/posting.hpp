// Letters leave after the commit; what does not leave is in the log, and the person has a button to ask again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/log.hpp"
#include "server/api/call.hpp"
#include "server/api/letters.hpp"

namespace vivi::api {

/// True when it is on its way.
inline bool post(Call& call, egress::Letter letter) {
    const auto queued = call.services.mail.send(std::move(letter));
    if (!queued && call.services.mail.is_configured()) log::warn("mail.unqueued", {{"reason", queued.error().detail}});
    return queued.has_value();
}

}  // namespace vivi::api
