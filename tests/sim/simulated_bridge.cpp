// The bridge of a simulated router.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/simulated_bridge.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/core/crypto.hpp"
#include "common/model/policy_event.hpp"
#include "common/runtime/task_group.hpp"

namespace vivi::sim {
namespace {

constexpr std::size_t most_entries = 100'000;
constexpr std::size_t most_leases_a_part = 1'000;
constexpr Milliseconds fine_backlog{15 * 60'000};

bool is_for_everybody(const model::Scope& scope) { return !scope.device && scope.group.empty() && scope.schedule.empty(); }

/// The domain of `domains` that `name` is or lies below; empty when there is none.
template <class Domains>
std::string_view domain_of(std::string_view name, const Domains& domains) {
    for (std::string_view rest = name;;) {
        if (domains.contains(std::string{rest})) return rest;
        const auto dot = rest.find('.');
        if (dot == std::string_view::npos) return {};
        rest.remove_prefix(dot + 1);
    }
}

}  // namespace

SimulatedBridge::SimulatedBridge(net::any_io_executor executor, std::unique_ptr<Scene> scene, Pace pace)
    : scene_{std::move(scene)}, pace_{pace}, watched_{executor}, output_{executor}, ruled_{executor} {
    begin_life();
}

void SimulatedBridge::begin_life() {
    instance_ = crypto::random_id();
    const auto random = crypto::random_bytes(epoch_.octets.size());
    std::ranges::copy(random, epoch_.octets.begin());
}

model::Receipt SimulatedBridge::give_back(const model::ReturnWish& wish) {
    model::Receipt receipt{.custody = wish.custody, .by = wish.by, .at = wall_now()};
    if (!custody_.empty() && !wish.custody.empty() && custody_ != wish.custody) return receipt;  // Gone already.
    if (receipt.custody.empty()) receipt.custody = custody_;
    receipt.outbox_entries = static_cast<std::int64_t>(entries_.size());
    receipt.leases = static_cast<std::int64_t>(scene_->leases(receipt.at).size());
    entries_.clear();
    offered_ = 0;
    sequence_ = acknowledged_ = 0;
    applied_revision_ = 0;
    custody_.clear();
    denied_.clear();
    let_through_.clear();
    scene_->ban({});
    watched_until_ = {};
    begin_life();
    is_blank_ = true;
    ++streams_;  // A stream that runs belongs to the life before.
    is_welcome_ = is_snapshot_wanted_ = false;
    output_.notify();
    watched_.notify();
    return receipt;
}

model::Json SimulatedBridge::health() const {
    return {{"entries", entries_.size()},
            {"sequence", sequence_},
            {"acknowledged", acknowledged_},
            {"applied_revision", applied_revision_},
            {"history", history_ ? model::Json(*history_) : model::Json{}}};
}

void SimulatedBridge::append(std::string_view topic, model::Json members, WallTime at) {
    ++sequence_;
    auto body = model::to_json(model::Envelope{.at = at, .from = {.instance = instance_, .number = sequence_}});
    body.update(members);
    entries_.push_back({.epoch = epoch_, .sequence = sequence_, .topic = std::string{topic}, .body = body.dump()});
    if (entries_.size() > most_entries) drop_front();
    output_.notify();
}

void SimulatedBridge::append_batch(const model::TrafficBatch& batch, WallTime at) {
    model::DomainsSeen seen{.tick = batch.tick};
    for (const auto& row : batch.rows) {
        bytes_down_ += row.bytes_down;
        if (!row.name.empty()) seen.rows.push_back({.device = row.device, .name = row.name, .queries = 1});
    }
    append(model::topic::traffic_batch, model::to_json(batch), at);
    if (pace_.asks && scene_->hears_names(at) && !seen.rows.empty()) append(model::topic::domain_seen, model::to_json(seen), at);
}

void SimulatedBridge::drop_front() {
    entries_.pop_front();
    offered_ -= std::min<std::size_t>(offered_, 1);
}

void SimulatedBridge::tell(WallTime from, WallTime until) {
    for (auto& happening : scene_->happenings(from, until)) append(happening.topic, std::move(happening.members), happening.at);
    auto batch = scene_->traffic(from, until);
    refuse(batch, until);
    append_batch(batch, until);
}

/// A batch for each minute, as a bridge that was long alone would have made them coarser; the last quarter of an hour as it
/// ticks. Says up to when.
WallTime SimulatedBridge::tell_backlog() {
    constexpr Milliseconds coarse{60'000};
    const auto end = wall_now();
    for (auto at = pace_.begins.value_or(end - pace_.backlog); at < end;) {
        const auto until = std::min(end, at + (end - at > fine_backlog ? coarse : pace_.tick));
        tell(at, until);
        at = until;
    }
    tell_present(end);
    history_ = sequence_;
    return end;
}

void SimulatedBridge::tell_present(WallTime at) {
    for (auto& happening : scene_->present(at)) append(happening.topic, std::move(happening.members), happening.at);
}

Task<> SimulatedBridge::produce() {
    while (pace_.waits_for_rules && applied_revision_ == 0) co_await ruled_.wait();
    auto last = now();
    auto told = tell_backlog();
    for (;;) {
        if (is_blank_) {
            while (applied_revision_ == 0) co_await ruled_.wait();
            is_blank_ = false;
            last = now();
            told = wall_now();
            tell_present(told);
        }
        const auto at = now();
        const auto due = last + (at < watched_until_ ? pace_.watched_tick : pace_.tick);
        if (at < due) {
            co_await watched_.wait_until(due);
            continue;
        }
        const auto until =
            told + std::max(1ms, std::chrono::duration_cast<Milliseconds>(at - last));  // No step of the wall clock.
        if (traffic_events_++ < pace_.most_events) tell(told, until);
        told = until;
        last = at;
    }
}

void SimulatedBridge::refuse(model::TrafficBatch& batch, WallTime at) {
    if (denied_.empty()) return;
    std::map<std::pair<Mac, std::string>, std::uint64_t> hits;
    const auto is_refused = [&](const model::TrafficRow& row) {
        if (row.name.empty() || domain_of(row.name, denied_).empty()) return false;
        const auto allowed = let_through_.find(std::string{domain_of(row.name, let_through_)});
        if (allowed != let_through_.end() && at < allowed->second) return false;
        ++hits[{row.device, row.name}];
        return true;
    };
    std::erase_if(batch.rows, is_refused);
    if (hits.empty()) return;
    model::PolicyHits told{.tick = batch.tick, .revision = applied_revision_, .by = "dnsd"};
    for (const auto& [key, count] : hits) {
        const auto& [device, name] = key;
        told.rows.push_back({.device = device,
                             .name = name,
                             .layer = "event_deny",
                             .rule = "domain " + std::string{domain_of(name, denied_)} + " (deny, everybody)",
                             .hits = count});
    }
    append(model::topic::policy_hit, model::to_json(told), at);
}

void SimulatedBridge::tell_how_things_are(sync::RouterSession& session) const {
    std::vector<model::Json> parts{{{"leases", model::Json::array()}}};
    for (const auto& lease : scene_->leases(wall_now())) {
        if (parts.back()["leases"].size() == most_leases_a_part) parts.push_back({{"leases", model::Json::array()}});
        parts.back()["leases"].push_back(model::to_json(lease));
    }
    for (std::size_t i = 0; i < parts.size(); ++i)
        session.snapshot({.after = {.epoch = epoch_, .sequence = sequence_},
                          .part = static_cast<std::uint16_t>(i),
                          .parts = static_cast<std::uint16_t>(parts.size()),
                          .state = parts[i].dump()});
}

sync::Hello SimulatedBridge::hello() const {
    sync::Hello hello{.software = "vivi-sim-router " VIVI_VERSION,
                      .boot_id = instance_,
                      .custody = custody_,
                      .epoch = epoch_,
                      .applied_revision = applied_revision_};
    if (!entries_.empty())
        hello.stored.push_back({.epoch = epoch_, .first = entries_.front().sequence, .last = entries_.back().sequence});
    return hello;
}

Task<> SimulatedBridge::stream(Pipe& pipe) {
    const auto number = ++streams_;
    output_.notify();  // The older one sees that it is not the newest.
    sync::RouterSession session{hello()};
    offered_ = 0;
    is_welcome_ = is_snapshot_wanted_ = false;
    std::exception_ptr failure;
    co_await caught(together(read(pipe, session), write(pipe, session)), failure);
    if (number == streams_) is_welcome_ = false;
    if (failure) std::rethrow_exception(failure);
}

Task<> SimulatedBridge::read(Pipe& pipe, sync::RouterSession& session) {
    std::vector<std::byte> buffer(4 * 1024);
    const auto number = streams_;
    for (;;) {
        const auto count = co_await pipe.read_some(buffer);
        if (!count || *count == 0 || number != streams_) co_return;
        const auto received = session.receive(BytesView{buffer}.first(*count));
        for (const auto& message : received.messages) hear(message);
        output_.notify();
        if (received.ended) co_return;
    }
}

Task<> SimulatedBridge::write(Pipe& pipe, sync::RouterSession& session) {
    const auto number = streams_;
    while (number == streams_) {
        while (offered_ < entries_.size() && session.offer({&entries_[offered_], 1}) == 1) ++offered_;
        if (std::exchange(is_snapshot_wanted_, false)) tell_how_things_are(session);
        if (session.has_output()) {
            const auto written = co_await pipe.write(session.take_output());
            if (!written) co_return;
        } else {
            co_await output_.wait();
        }
    }
}

void SimulatedBridge::hear(const sync::RouterSession::Message& message) {
    if (const auto* ack = std::get_if<sync::Ack>(&message)) {
        while (!entries_.empty() && entries_.front().sequence <= ack->cursor.sequence) drop_front();
        acknowledged_ = std::max(acknowledged_, ack->cursor.sequence);
    } else if (const auto* config = std::get_if<sync::Config>(&message)) {
        apply(*config);
    } else if (const auto* watch = std::get_if<sync::Watch>(&message)) {
        watched_until_ = now() + watch->duration;
        watched_.notify();
    } else if (std::holds_alternative<sync::SnapshotWanted>(message)) {
        is_snapshot_wanted_ = true;
    } else if (std::holds_alternative<sync::Welcome>(message)) {
        is_welcome_ = true;
    }
}

void SimulatedBridge::apply(const sync::Config& config) {
    const auto document = model::parse_json(config.document, model::max_configuration_bytes);
    const auto configuration =
        document ? model::parse_configuration(*document) : std::unexpected{model::Problems{document.error().detail}};
    if (!configuration) {
        append(model::topic::config_failed,
               {{"revision", config.revision}, {"by", "router"}, {"detail", configuration.error().front()}});
        return;
    }
    std::set<Mac> banned;
    for (const auto& rule : configuration->policy.devices) {
        if (rule.decision == model::Decision::Deny) banned.insert(rule.device);
    }
    scene_->ban(banned);
    denied_.clear();
    let_through_.clear();
    for (const auto& rule : configuration->policy.domains) {
        if (!is_for_everybody(rule.scope)) continue;
        if (rule.decision == model::Decision::Deny)
            denied_.insert(rule.domain);
        else
            let_through_[rule.domain] = rule.scope.until.value_or(WallTime::max());
    }
    applied_revision_ = config.revision;
    custody_ = configuration->custody;
    ruled_.notify();
    if (told_custody_) told_custody_(custody_);
    append(model::topic::config_applied, {{"revision", config.revision}, {"by", "router"}});
}

namespace {

Task<> carry(SimulatedBridge& bridge, UnixSocket socket) {
    SocketPipe pipe{std::move(socket)};
    co_await bridge.stream(pipe);
}

Task<> accept(SimulatedBridge& bridge, const std::string& socket, TaskGroup& streams) {
    auto acceptor = listen_unix(co_await net::this_coro::executor, socket);
    for (;;) streams.start(carry(bridge, co_await acceptor.async_accept(net::use_awaitable)));
}

}  // namespace

Task<> serve(SimulatedBridge& bridge, std::string socket) {
    TaskGroup streams{co_await net::this_coro::executor};
    co_await together(bridge.produce(), streams.run(), accept(bridge, socket, streams));
}

}  // namespace vivi::sim
