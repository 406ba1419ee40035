// Records, their commands, and the line in which they wait for Redis.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/journal.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/model/carried_leases.hpp"
#include "common/model/configuration.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/state/keys.hpp"

namespace vivi::dhcpd {
namespace {

namespace key = state::key;
namespace topic = model::topic;
using model::Json;

constexpr std::size_t most_waiting = 50'000;  ///< About 30 MB: hours of an event without Redis.
constexpr std::size_t most_a_transaction = 1'000;
constexpr Milliseconds between_tries{1000};

bool ends_lease(std::string_view what) {
    return what == topic::lease_released || what == topic::lease_expired || what == topic::lease_declined;
}

Json members_of(const Alarm& alarm, const std::string& network) {
    if (alarm.topic == topic::dhcp_pool) return {{"network", network}, {"used", alarm.used}, {"size", alarm.size}};
    if (alarm.topic == topic::dhcp_rogue)
        return {{"network", network}, {"server", to_string(alarm.address)}, {"device", to_string(alarm.device)}};
    return {{"network", network}, {"address", to_string(alarm.address)}, {"device", to_string(alarm.device)}};
}

}  // namespace

std::string Recorder::body(const Json& members, WallTime at) {
    ++from_.number;
    auto event = model::to_json(model::Envelope{.at = at, .from = from_});
    event.update(members);
    // Names are clean by now; should one not be, a replaced character is better than a lost event.
    return event.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Record Recorder::record(const LeaseChange& change, WallTime at) {
    const auto lease = model::to_json(change.lease);
    Record record{.topic = std::string{change.topic}, .body = body({{"lease", lease}}, at), .field = to_string(change.lease.address)};
    if (!ends_lease(change.topic)) record.value = lease.dump(-1, ' ', false, Json::error_handler_t::replace);
    return record;
}

Record Recorder::record(const Alarm& alarm, const std::string& network, WallTime at) {
    return {.topic = std::string{alarm.topic}, .body = body(members_of(alarm, network), at)};
}

bus::Message Recorder::message(std::string_view what, const Json& members, WallTime at) {
    return {.topic = std::string{what}, .body = body(members, at)};
}

std::vector<store::Command> commands_for(const std::vector<Record>& records) {
    std::vector<store::Command> commands;
    commands.reserve(records.size() * 2);
    for (const auto& record : records) {
        if (record.topic.empty()) {
            commands.push_back({"SET", key::leases_carried.text(), record.value});
            continue;
        }
        if (!record.field.empty()) {
            if (record.value.empty()) commands.push_back({"HDEL", key::leases.text(), record.field});
            else commands.push_back({"HSET", key::leases.text(), record.field, record.value});
        }
        commands.push_back({"XADD", key::dhcpd_events.text(), "MAXLEN", "~", std::to_string(state::most_dhcpd_events), "*", "topic",
                            record.topic, "body", record.body});
    }
    return commands;
}

Restored parse_leases(const store::Reply& hash) {
    Restored restored;
    for (std::size_t i = 0; i + 1 < hash.elements.size(); i += 2) {
        const auto& field = hash.elements[i].text;
        const auto& value = hash.elements[i + 1].text;
        const auto json = model::parse_json(value);
        auto lease = json ? model::parse_lease(*json) : Result<model::Lease>{std::unexpected{json.error()}};
        if (lease && to_string(lease->address) != field) lease = failed(Code::Invalid, "the lease is of another address");
        if (lease) restored.leases.push_back(*std::move(lease));
        else restored.unreadable.push_back({field, value, lease.error().detail});
    }
    return restored;
}

Task<bool> Journal::keep(std::vector<Record> records) {
    std::ranges::move(records, std::back_inserter(waiting_));
    while (waiting_.size() > most_waiting) {
        waiting_.pop_front();
        ++lost_;
    }
    if (now() < next_try_) co_return waiting_.empty();
    while (!waiting_.empty()) {
        const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), most_a_transaction));
        const std::vector<Record> batch(waiting_.begin(), waiting_.begin() + count);
        auto commands = commands_for(batch);
        const auto replies = co_await store_.transaction(std::move(commands));
        if (!replies) {  // Nothing is known to be done: all of it is tried again, with the same numbers.
            next_try_ = now() + between_tries;
            if (!std::exchange(is_away_, true)) log::warn("leases.not_written", {{"reason", replies.error().detail}});
            co_return false;
        }
        waiting_.erase(waiting_.begin(), waiting_.begin() + count);
        const auto refused = std::ranges::find_if(*replies, &store::Reply::is_failure);
        if (refused != replies->end()) {  // A key of another type: the rest was done, and trying again would do it twice.
            log::error("leases.refused", {{"reason", refused->text}});
            co_return false;
        }
        if (std::exchange(is_away_, false)) log::info("leases.written_again", {{"lost", lost_}});
    }
    co_return true;
}

Task<Result<Journal::Carrying>> Journal::carrying() {
    store::Command get{"MGET", key::config.text(), key::leases_carried.text()};
    const auto reply = co_await store_.run(std::move(get));
    if (!reply) co_return std::unexpected{reply.error()};
    if (reply->elements.size() != 2) co_return failed(Code::Internal, reply->text);
    Carrying carrying{.taken = reply->elements[1].text};
    const auto document = model::parse_json(reply->elements[0].text, model::max_configuration_bytes + 1024);
    if (!document || !document->is_object()) co_return carrying;  // None yet.
    carrying.revision = document->value("revision", std::int64_t{0});
    carrying.named = model::carried_leases_of(*document);
    co_return carrying;
}

Task<Result<std::vector<model::Lease>>> Journal::load() {
    store::Command all{"HGETALL", key::leases.text()};
    const auto hash = co_await store_.run(std::move(all));
    if (!hash) co_return std::unexpected{hash.error()};
    if (hash->is_failure()) co_return failed(Code::Internal, hash->text);
    auto restored = parse_leases(*hash);
    if (!restored.unreadable.empty()) {
        std::vector<store::Command> moves;
        for (const auto& entry : restored.unreadable) {
            log::error("lease.unreadable", {{"address", entry.field}, {"reason", entry.reason}});
            moves.push_back({"HSET", key::leases_unreadable.text(), entry.field, entry.value});
            moves.push_back({"HDEL", key::leases.text(), entry.field});
        }
        [[maybe_unused]] const auto moved = co_await store_.transaction(std::move(moves));
    }
    co_return std::move(restored.leases);
}

}  // namespace vivi::dhcpd
