// Reading and trimming dhcpd's stream.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/dhcpd_events.hpp"

#include <charconv>
#include <utility>

#include "common/runtime/log.hpp"
#include "common/sync/frames.hpp"
#include "router/state/keys.hpp"

namespace vivi::bridged {
namespace {

constexpr std::string_view position_field = "dhcpd_id";
constexpr std::string_view first_id = "0-0";
constexpr std::size_t most_at_once = 256;

std::pair<std::uint64_t, std::uint64_t> parts_of(std::string_view id) {
    std::pair<std::uint64_t, std::uint64_t> parts{};
    const auto dash = id.find('-');
    std::from_chars(id.data(), id.data() + std::min(dash, id.size()), parts.first);
    if (dash != std::string_view::npos) std::from_chars(id.data() + dash + 1, id.data() + id.size(), parts.second);
    return parts;
}

/// [id, [name, value, …]] to an event; nothing when it is none of dhcpd's.
std::optional<Record> record_of(const store::Reply& row) {
    Record record;
    const auto& fields = row.elements.at(1).elements;
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
        if (fields[i].text == "topic") record.topic = fields[i + 1].text;
        if (fields[i].text == "body") record.body = fields[i + 1].text;
    }
    auto from = find_producer(record.body);
    if (!from || record.topic.empty() || record.body.size() > sync::max_entry_body(record.topic)) return std::nullopt;
    record.from = *std::move(from);
    return record;
}

}  // namespace

std::string after_id(const std::string& id) {
    const auto [ms, number] = parts_of(id);
    return std::to_string(ms) + '-' + std::to_string(number + 1);
}

bool is_below(const std::string& left, const std::string& right) { return parts_of(left) < parts_of(right); }

DhcpdEvents::DhcpdEvents(const net::any_io_executor& executor, store::Store& state, Outbox& outbox,
                         std::function<void()> leases_changed)
    : state_{state}, outbox_{outbox}, leases_changed_{std::move(leases_changed)}, wake_{executor}, trim_wake_{executor} {}

Task<> DhcpdEvents::follow(Intake& intake) {
    while (!co_await outbox_.open()) co_await after(500ms);
    last_id_ = outbox_.field(std::string{position_field});
    if (last_id_.empty()) last_id_ = first_id;
    handed_.push_back({.sequence = outbox_.sequence(), .id = last_id_});
    co_await check_position();
    for (;;) {
        while (co_await read_some(intake)) {
        }
        if (!co_await wake_.wait(1s)) co_await check_position();
    }
}

/// A stream that ends before our position is not the one we read: its Redis lost it, or the clock went back. From the start then;
/// what the outbox has already is dropped by its producer number.
Task<> DhcpdEvents::check_position() {
    store::Command command{"XREVRANGE", state::key::dhcpd_events.text(), "+", "-", "COUNT", "1"};
    const auto newest = co_await state_.run(std::move(command));
    if (!newest || newest->elements.empty() || !is_below(newest->elements[0].elements.at(0).text, last_id_)) co_return;
    log::warn("dhcpd_events.restarted", {{"position", last_id_}, {"newest", newest->elements[0].elements.at(0).text}});
    last_id_ = first_id;
    handed_.clear();
}

Task<bool> DhcpdEvents::read_some(Intake& intake) {
    store::Command command{"XREAD", "COUNT", std::to_string(most_at_once), "STREAMS", state::key::dhcpd_events.text(), last_id_};
    const auto reply = co_await state_.run(std::move(command));
    if (!reply || reply->elements.empty() || reply->elements[0].elements.size() != 2) co_return false;
    const auto& rows = reply->elements[0].elements[1].elements;
    if (rows.empty()) co_return false;
    std::vector<Record> records;
    for (const auto& row : rows) {
        if (auto record = record_of(row))
            records.push_back(*std::move(record));
        else
            log::error("dhcpd_events.unreadable", {{"id", row.elements.at(0).text}});
    }
    leases_changed_();
    auto newest = rows.back().elements.at(0).text;
    const StateFields also{{std::string{position_field}, newest}};
    co_await intake.append(records, also, Intake::Bound::Keep);
    last_id_ = std::move(newest);
    handed_.push_back({.sequence = outbox_.sequence(), .id = last_id_});
    co_return rows.size() == most_at_once;
}

void DhcpdEvents::acknowledged(std::uint64_t sequence) {
    while (!handed_.empty() && handed_.front().sequence < sequence) {
        trim_to_ = after_id(handed_.front().id);
        handed_.pop_front();
        trim_wake_.notify();
    }
}

Task<> DhcpdEvents::trim() {
    for (;;) {
        co_await trim_wake_.wait(60s);
        while (!trim_to_.empty()) {
            store::Command command{"XTRIM", state::key::dhcpd_events.text(), "MINID", trim_to_};
            const auto asked = trim_to_;
            const auto trimmed = co_await state_.run(std::move(command));
            if (!trimmed)
                co_await after(1s);
            else if (trim_to_ == asked)
                trim_to_.clear();
        }
    }
}

}  // namespace vivi::bridged
