// SQL of an event's rates.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/event_rates.hpp"

namespace vivi::db {

EventRates event_rates(Transaction& transaction, const std::string& event) {
    const auto bucket = [](int seconds_ago) {  // When the bucket of then began.
        return "to_timestamp(floor((extract(epoch from now()) - " + std::to_string(seconds_ago) + ") / 10) * 10)";
    };
    const auto rows = transaction.run("select coalesce(sum(t.bytes_up), 0)::bigint, coalesce(sum(t.bytes_down), 0)::bigint"
                                      " from traffic_totals t join routers r on r.id = t.router_id"
                                      " where t.organisation_id = current_organisation() and t.at >= " +
                                          bucket(40) + " and t.at < " + bucket(20) +
                                          " and r.organisation_id = current_organisation() and r.event_id = $1"
                                          " and r.state = 'accepted'",
                                      event);
    constexpr std::int64_t bits = 8, seconds = 20;
    return {.up = rows[0][0].as<std::int64_t>() * bits / seconds, .down = rows[0][1].as<std::int64_t>() * bits / seconds};
}

}  // namespace vivi::db
