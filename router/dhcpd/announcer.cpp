// Publishing, with patience for verdicts and none for wake-ups.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/announcer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::dhcpd {
namespace {

constexpr std::size_t most_events = 4'096;
constexpr std::size_t most_a_batch = 500;

}  // namespace

Announcer::Announcer(const net::any_io_executor& executor, bus::Publisher& bus)
    : bus_{bus}, recorder_{crypto::random_id()}, bell_{executor} {}

void Announcer::wake(std::vector<bus::Message> events) {
    const auto room = std::min(events.size(), most_events - events_.size());
    std::move(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(room), std::back_inserter(events_));
    bell_.cancel();
}

void Announcer::report(Verdict verdict) {
    model::Json members{{"revision", verdict.revision}, {"by", "dhcpd"}};
    const bool is_applied = verdict.problem.empty();
    if (is_applied) log::info("config.applied", {{"revision", verdict.revision}});
    else log::warn("config.failed", {{"revision", verdict.revision}, {"reason", verdict.problem}});
    if (!is_applied) members["detail"] = verdict.problem;
    verdict_ = recorder_.message(is_applied ? model::topic::config_applied : model::topic::config_failed, members, wall_now());
    bell_.cancel();
}

Task<> Announcer::send_verdict() {
    Backoff backoff{250ms, 5s};
    while (verdict_) {
        const auto message = *verdict_;
        std::vector<bus::Message> batch{message};
        const auto sent = co_await bus_.publish(std::move(batch));
        if (sent) {
            if (verdict_->body == message.body) verdict_.reset();  // Otherwise a newer one came meanwhile.
            is_away_ = false;
        } else {
            if (!std::exchange(is_away_, true)) log::warn("bus.away", {{"reason", sent.error().detail}});
            co_await after(backoff.next(crypto::random_u32()));
        }
    }
}

Task<> Announcer::run() {
    for (;;) {
        if (verdict_) co_await send_verdict();
        if (events_.empty()) {
            bell_.expires_at(Instant::max());
            [[maybe_unused]] const auto rung = co_await bell_.async_wait(as_value);
            continue;
        }
        const auto count = static_cast<std::ptrdiff_t>(std::min(events_.size(), most_a_batch));
        std::vector<bus::Message> batch(std::make_move_iterator(events_.begin()), std::make_move_iterator(events_.begin() + count));
        events_.erase(events_.begin(), events_.begin() + count);
        const auto sent = co_await bus_.publish(std::move(batch));
        if (!sent && !std::exchange(is_away_, true)) log::warn("bus.away", {{"reason", sent.error().detail}});
        if (sent) is_away_ = false;
    }
}

}  // namespace vivi::dhcpd
