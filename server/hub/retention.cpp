// The clock of retention.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/retention.hpp"

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/db/retention.hpp"

namespace vivi::hub {

Task<> keep_for_a_while(db::Pool& pool) {
    for (;;) {
        if (const auto done = co_await db::forget_outlived(pool); !done)
            log::warn("retention.waiting", {{"reason", done.error().detail}});
        else
            log::debug("retention.done", {{"portions", *done}});
        co_await after(std::chrono::minutes{10});
    }
}

}  // namespace vivi::hub
