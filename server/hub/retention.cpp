// The clocks of retention, of roll-ups, and of routers that fall silent.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/retention.hpp"

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/db/alerts.hpp"
#include "server/db/categories.hpp"
#include "server/db/pools.hpp"
#include "server/db/retention.hpp"
#include "server/db/rollups.hpp"
#include "server/db/routers.hpp"

namespace vivi::hub {

Task<> keep_for_a_while(db::Pool& pool) {
    for (;;) {
        if (const auto done = co_await db::forget_outlived(pool); !done)
            log::warn("retention.waiting", {{"reason", done.error().detail}});
        else
            log::debug("retention.done", {{"portions", *done}});
        if (const auto gone = co_await db::forget_by_settings(pool); !gone)
            log::warn("retention.waiting", {{"reason", gone.error().detail}});
        else if (*gone > 0)
            log::info("retention.forgot", {{"rows", *gone}});
        if (const auto gone = co_await db::forget_pending_routers(pool); !gone)
            log::warn("retention.waiting", {{"reason", gone.error().detail}});
        else if (*gone > 0)
            log::info("retention.forgot", {{"rows", *gone}});
        if (const auto gone = co_await db::drop_outlived_partitions(pool); !gone)
            log::warn("retention.waiting", {{"reason", gone.error().detail}});
        else if (*gone > 0)
            log::info("retention.dropped", {{"partitions", *gone}});
        if (const auto offered = co_await db::offer_domains(pool); !offered)
            log::warn("offers.waiting", {{"reason", offered.error().detail}});
        else if (*offered > 0)
            log::info("offers.made", {{"domains", *offered}});
        co_await after(std::chrono::minutes{10});
    }
}

Task<> watch_routers(db::Pool& pool) {
    for (;;) {
        if (const auto raised = co_await db::watch_routers(pool); !raised)
            log::warn("routers.unwatched", {{"reason", raised.error().detail}});
        else if (*raised > 0)
            log::warn("routers.offline", {{"count", *raised}});
        if (const auto raised = co_await db::watch_pools(pool); !raised)
            log::warn("pools.unwatched", {{"reason", raised.error().detail}});
        else if (*raised > 0)
            log::warn("pools.crowded", {{"count", *raised}});
        co_await after(std::chrono::minutes{1});
    }
}

Task<> roll_up_traffic(db::Pool& pool) {
    for (;;) {
        if (const auto made = co_await db::make_partitions_ahead(pool); !made)
            log::warn("rollups.waiting", {{"reason", made.error().detail}});
        if (const auto done = co_await db::roll_up_ended(pool); !done)
            log::warn("rollups.waiting", {{"reason", done.error().detail}});
        else
            log::debug("rollups.done", {{"buckets", *done}});
        co_await after(std::chrono::minutes{1});
    }
}

}  // namespace vivi::hub
