// Events in, messages out.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/reporter.hpp"

#include <algorithm>

#include "common/bus/persistent.hpp"
#include "common/runtime/log.hpp"

namespace vivi::dnsd {
namespace {

/// Several messages when the rows are many: one of 1,000 rows is at most 400 kB (a name of 253 octets, a rule with it).
constexpr std::size_t most_rows = 1'000;

template <class Batch>
void add_in_parts(state::OutgoingEvents& outgoing, std::string_view topic, const Batch& batch, WallTime at) {
    for (std::size_t first = 0; first < batch.rows.size() || (first == 0 && batch.folded > 0); first += most_rows) {
        auto part = batch;
        const auto begin = batch.rows.begin() + static_cast<std::ptrdiff_t>(first);
        part.rows.assign(begin, begin + static_cast<std::ptrdiff_t>(std::min(most_rows, batch.rows.size() - first)));
        if (first > 0) part.folded = 0;
        outgoing.add(topic, model::to_json(part), at);
    }
}

}  // namespace

Reporter::Reporter(const net::any_io_executor& executor, bus::Publisher& bus, std::string instance)
    : bus_{bus}, outgoing_{std::move(instance)}, more_{executor} {}

void Reporter::accept(const model::DomainsSeen& seen, const model::PolicyHits& hits, WallTime at) {
    add_in_parts(outgoing_, model::topic::domain_seen, seen, at);
    add_in_parts(outgoing_, model::topic::policy_hit, hits, at);
    if (!outgoing_.is_empty()) more_.notify();
}

void Reporter::revision(std::int64_t revision, const std::string& problem, WallTime at) {
    auto current = std::pair{revision, problem};
    if (reported_ == current) return;
    model::Json members{{"revision", revision}, {"by", "dnsd"}};
    if (problem.empty()) {
        log::info("config.applied", {{"revision", revision}});
        outgoing_.add(model::topic::config_applied, std::move(members), at);
    } else {
        log::warn("config.failed", {{"revision", revision}, {"reason", problem}});
        members["detail"] = problem;
        outgoing_.add(model::topic::config_failed, std::move(members), at);
    }
    reported_ = std::move(current);
    more_.notify();
}

Task<bool> Reporter::send_next() {
    auto messages = outgoing_.next();
    const auto sent = co_await bus_.publish(std::move(messages));
    if (sent) {
        outgoing_.confirmed();
        if (std::exchange(is_waiting_, false)) log::info("bus.resumed");
        co_return true;
    }
    if (!std::exchange(is_waiting_, true)) log::warn("bus.away", {{"reason", sent.error().detail}});
    co_return false;
}

Task<> Reporter::publish() { return bus::publish_for_ever(*this); }
Task<> Reporter::flush() { return bus::publish_the_rest(*this); }

}  // namespace vivi::dnsd
