// The clock of retention, and of routers that fall silent.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/retention.hpp"

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/db/alerts.hpp"
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

Task<> watch_routers(db::Pool& pool) {
    for (;;) {
        if (const auto raised = co_await db::watch_routers(pool); !raised)
            log::warn("routers.unwatched", {{"reason", raised.error().detail}});
        else if (*raised > 0)
            log::warn("routers.offline", {{"count", *raised}});
        co_await after(std::chrono::minutes{1});
    }
}

}  // namespace vivi::hub
