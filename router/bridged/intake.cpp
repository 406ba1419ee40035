// The intake's loops.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/intake.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "common/sync/frames.hpp"

namespace vivi::bridged {
namespace {

constexpr std::size_t most_deliveries = 256;
/// One script's argument list is at most about this large, so that Redis is never held for long.
constexpr std::size_t script_bytes = 2 << 20;

bool is_lease_event(std::string_view topic) { return topic.starts_with("dhcp.lease."); }
bool is_report(std::string_view topic) { return topic == model::topic::config_applied || topic == model::topic::config_failed; }

}  // namespace

Intake::Intake(const net::any_io_executor& executor, Outbox& outbox, OwnEvents& own, Wake& lease_events, Reported reported)
    : outbox_{outbox}, own_{own}, lease_events_{lease_events}, reported_{std::move(reported)}, room_{executor} {}

std::optional<Record> Intake::to_record(bus::Message message) {
    auto from = find_producer(message.body);
    if (!from || message.topic.empty() || message.topic.size() > 255) {
        ++refused_.malformed;
        log::warn("intake.malformed", {{"topic", message.topic}, {"reason", from ? "topic" : from.error().detail}});
        return std::nullopt;
    }
    if (message.body.size() > sync::max_entry_body(message.topic)) {
        ++refused_.oversized;
        ++gaps_;
        log::error("intake.oversized", {{"topic", message.topic}, {"bytes", message.body.size()}});
        own_.add(model::topic::sync_gap, {{"producer", from->instance},
                                          {"missing_from", from->number},
                                          {"missing_to", from->number},
                                          {"topic", message.topic}});
        return std::nullopt;
    }
    return Record{.topic = std::move(message.topic), .body = std::move(message.body), .from = *std::move(from)};
}

Task<std::size_t> Intake::append(const std::vector<Record>& records, const StateFields& also, Bound bound) {
    Backoff backoff{100ms, 5s};
    for (;;) {
        while (bound == Bound::Keep && outbox_.is_full()) {
            if (!std::exchange(is_stopped_, true))
                log::error("outbox.full", {{"bytes", outbox_.bytes()}, {"entries", outbox_.entries()}});
            room_.expires_after(1s);
            [[maybe_unused]] const auto woken = co_await room_.async_wait(as_value);
        }
        if (bound == Bound::Keep && std::exchange(is_stopped_, false)) log::info("outbox.room", {{"bytes", outbox_.bytes()}});
        const auto appended = co_await outbox_.append(records, also);
        if (appended) co_return *appended;
        const auto wait = backoff.next(crypto::random_u32());
        log::warn("outbox.waiting", {{"reason", appended.error().detail}, {"retry_in_ms", wait.count()}});
        co_await after(wait);
    }
}

Task<> Intake::hear(bus::Subscriber& bus) {
    for (;;) {
        auto deliveries = co_await bus.next(most_deliveries);
        if (deliveries.empty()) continue;
        std::vector<Record> records;
        StateFields also;
        std::size_t bytes = 0;
        for (auto& delivery : deliveries) {
            auto& message = delivery.message;
            if (is_lease_event(message.topic)) {
                lease_events_.notify();
            } else {
                if (is_report(message.topic)) {
                    for (auto& field : reported_(message)) also.push_back(std::move(field));
                }
                bytes += message.body.size();
                if (auto record = to_record(std::move(message))) records.push_back(*std::move(record));
            }
            if (bytes < script_bytes && &delivery != &deliveries.back()) continue;
            if (!records.empty()) co_await append(records, also, Bound::Keep);
            bus.acknowledge(delivery.tag);
            records.clear();
            also.clear();
            bytes = 0;
        }
    }
}

Task<> Intake::flush_own_events() {
    constexpr std::size_t most_at_once = 100;
    for (;;) {
        std::vector<Record> records;
        StateFields also;
        for (const auto& waiting : own_.waiting()) {
            if (records.size() == most_at_once) break;
            records.push_back(waiting.record);
            also.insert(also.end(), waiting.also.begin(), waiting.also.end());
        }
        if (records.empty()) {
            co_await own_.added().wait(60s);
            continue;
        }
        // Few and small, and what tells people that the outbox is full: they may exceed its bound.
        co_await append(records, also, Bound::Exceed);
        own_.drop_up_to(records.back().from.number);
    }
}

Task<> Intake::report_gaps() {
    for (;;) {
        co_await after(1s);
        for (const auto& gap : outbox_.take_gaps(now())) {
            ++gaps_;
            log::warn("intake.gap", {{"producer", gap.instance}, {"from", gap.from}, {"to", gap.to}, {"topic", gap.topic}});
            own_.add(model::topic::sync_gap,
                     {{"producer", gap.instance}, {"missing_from", gap.from}, {"missing_to", gap.to}, {"topic", gap.topic}});
        }
    }
}

}  // namespace vivi::bridged
