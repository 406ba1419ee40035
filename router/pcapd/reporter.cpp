// Ticks in, messages out, nothing forgotten between.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/reporter.hpp"

#include <utility>

#include "common/bus/persistent.hpp"
#include "common/runtime/log.hpp"

namespace vivi::pcapd {
namespace {

std::string problems_of(const Tick& tick) {
    std::string problems;
    for (const auto& interface : tick.interfaces) {
        if (interface.problem.empty()) continue;
        problems.append(problems.empty() ? "" : "; ").append(interface.problem);
    }
    if (!tick.policy_problem.empty()) problems.append(problems.empty() ? "" : "; ").append(tick.policy_problem);
    return problems;
}

const InterfaceState* find(const std::vector<InterfaceState>& interfaces, const std::string& name) {
    for (const auto& interface : interfaces) {
        if (interface.name == name) return &interface;
    }
    return nullptr;
}

}  // namespace

std::vector<bus::Message> to_messages(const std::vector<Outgoing::Message>& waiting) {
    std::vector<bus::Message> messages;
    messages.reserve(waiting.size());
    for (const auto& message : waiting) messages.push_back({.topic = message.topic, .body = message.body});
    return messages;
}

Reporter::Reporter(const net::any_io_executor& executor, bus::Publisher& bus, std::string instance, OutgoingLimits limits)
    : bus_{bus}, outgoing_{std::move(instance), limits}, more_{executor} {}

void Reporter::accept(Tick tick, WallTime at) {
    report_interfaces(tick);
    report_configuration(tick, at);
    captured_ += tick.batch.captured;
    dropped_ += tick.batch.dropped;
    auto batch = std::exchange(tick.batch, {});
    held_.tick += batch.tick;
    held_.captured += batch.captured;
    held_.dropped += batch.dropped;
    if (!batch.rows.empty() || held_.dropped > 0) {
        // Its own tick: a rate is bytes over the time in which they were counted, not over the silence before.
        held_.tick = batch.tick;
        held_.rows = std::move(batch.rows);
        outgoing_.add(std::exchange(held_, {}), at);
    } else if (held_.tick >= heartbeat) {
        outgoing_.add(std::exchange(held_, {}), at);
    }
    if (!tick.hits.rows.empty() || tick.hits.folded > 0) outgoing_.add(std::exchange(tick.hits, {}), at);
    last_ = std::move(tick);
    if (!outgoing_.is_empty()) more_.notify();
}

void Reporter::accept(const model::ForeignRa& announcement, WallTime at) {
    log::warn("network.foreign_ra", {{"interface", announcement.interface},
                                     {"mac", to_string(announcement.device)},
                                     {"router", to_address_string(announcement.router)}});
    ++foreign_announcements_;
    outgoing_.add(model::topic::network_foreign_ra, model::to_json(announcement), at);
    more_.notify();
}

void Reporter::end(WallTime at) {
    if (held_ != model::TrafficBatch{}) outgoing_.add(std::exchange(held_, {}), at);
}

void Reporter::report_configuration(const Tick& tick, WallTime at) {
    if (tick.revision == 0 || tick.is_last) return;  // No configuration yet.
    auto current = std::pair{tick.revision, problems_of(tick)};
    if (reported_ == current) return;
    const auto& [revision, problems] = current;
    // Its rules are on their way: bridged writes them first.
    if (problems.empty() && tick.policy_revision < revision) return;
    model::Json members{{"revision", revision}, {"by", "pcapd"}};
    if (problems.empty()) {
        log::info("config.applied", {{"revision", revision}});
        outgoing_.add(model::topic::config_applied, std::move(members), at);
    } else {
        log::warn("config.failed", {{"revision", revision}, {"reason", problems}});
        members["detail"] = problems;
        outgoing_.add(model::topic::config_failed, std::move(members), at);
    }
    reported_ = std::move(current);
}

void Reporter::report_interfaces(const Tick& tick) {
    for (const auto& interface : tick.interfaces) {
        const auto* before = find(last_.interfaces, interface.name);
        if (before != nullptr && *before == interface) continue;
        if (interface.self_test == SelfTest::Failed && (before == nullptr || before->self_test != SelfTest::Failed))
            log::warn("capture.blind", {{"interface", interface.name}});
        if (before != nullptr && before->problem == interface.problem) continue;
        if (interface.problem.empty())
            log::info("capture.started", {{"interface", interface.name}});
        else
            log::warn("capture.waiting", {{"interface", interface.name}, {"reason", interface.problem}});
    }
    for (const auto& interface : last_.interfaces) {
        if (find(tick.interfaces, interface.name) == nullptr) log::info("capture.ended", {{"interface", interface.name}});
    }
    const bool is_dropping = tick.batch.dropped > 0;
    if (!std::exchange(was_dropping_, is_dropping) && is_dropping)
        log::warn("capture.dropped", {{"packets", tick.batch.dropped}, {"captured", tick.batch.captured}});
}

Task<bool> Reporter::send_next() {
    auto messages = to_messages(outgoing_.next());
    const auto count = messages.size();
    const auto sent = co_await bus_.publish(std::move(messages));
    if (sent) {
        outgoing_.confirmed();
        if (std::exchange(is_waiting_, false)) log::info("traffic.batch.resumed", {{"messages", count}});
        co_return true;
    }
    if (!std::exchange(is_waiting_, true)) log::warn("traffic.batch.waiting", {{"reason", sent.error().detail}});
    co_return false;
}

Task<> Reporter::publish() { return bus::publish_for_ever(*this); }
Task<> Reporter::flush() { return bus::publish_the_rest(*this); }

model::Json Reporter::health() const {
    model::Json interfaces = model::Json::array();
    for (const auto& interface : last_.interfaces)
        interfaces.push_back(
            {{"name", interface.name}, {"problem", interface.problem}, {"self_test", to_string(interface.self_test)}});
    const auto& counts = last_.counts;
    const auto& confirmed = outgoing_.totals();
    return {
        {"captured", captured_},
        {"dropped", dropped_},
        {"ignored", counts.ignored},
        {"flows", counts.flows},
        {"flows_evicted", counts.evicted},
        {"names", counts.names},
        {"names_refused", counts.refused_names},
        {"answers", counts.answers},
        {"rows_folded", counts.folded},
        {"assembling", counts.inspector.assembling},
        {"assemblies_given_up", counts.inspector.given_up},
        {"initials_skipped", counts.inspector.skipped_initials},
        {"flows_denied", counts.denied},
        {"foreign_announcements", foreign_announcements_},
        {"policy_revision", last_.policy_revision},
        {"waiting_batches", outgoing_.waiting()},
        {"merged_batches", outgoing_.merged()},
        {"counted", {{"bytes_up", counts.bytes_up}, {"bytes_down", counts.bytes_down}}},
        {"confirmed", {{"batches", confirmed.batches}, {"bytes_up", confirmed.bytes_up}, {"bytes_down", confirmed.bytes_down}}},
        {"revision", last_.revision},
        {"interfaces", std::move(interfaces)}};
}

}  // namespace vivi::pcapd
