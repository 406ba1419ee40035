// The loop, and how a configuration becomes engines and sockets.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/server.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/log.hpp"
#include "router/dhcpd/carried.hpp"
#include "router/dhcpd/frames.hpp"
#include "router/dhcpd/reply.hpp"

namespace vivi::dhcpd {
namespace {

namespace topic = model::topic;

constexpr Milliseconds between_rounds{2000};
/// Serving before the leases are known risks giving an address twice; not serving leaves an event without addresses.
constexpr Milliseconds patience_for_redis{5000};

Now both_clocks() { return {.steady = now(), .wall = wall_now()}; }

Task<> is_readable(net::posix::stream_descriptor& descriptor) {
    [[maybe_unused]] const auto ended = co_await descriptor.async_wait(net::posix::stream_descriptor::wait_read, as_value);
}

Task<> rings(net::steady_timer& bell) {
    [[maybe_unused]] const auto ended = co_await bell.async_wait(as_value);
}

void log_change(const LeaseChange& change) {
    const auto& lease = change.lease;
    const log::Fields fields{{"device", to_string(lease.device)},
                             {"address", to_string(lease.address)},
                             {"network", lease.network},
                             {"seconds", lease.duration.count()}};
    if (change.topic == topic::lease_granted) log::info("lease.granted", fields);
    else if (change.topic == topic::lease_renewed) log::info("lease.renewed", fields);
    else if (change.topic == topic::lease_released) log::info("lease.released", fields);
    else if (change.topic == topic::lease_expired) log::info("lease.expired", fields);
    else log::warn("lease.declined", fields);
}

void log_alarm(const Alarm& alarm, const std::string& network) {
    const log::Fields about{{"network", network}, {"address", to_string(alarm.address)}, {"device", to_string(alarm.device)}};
    if (alarm.topic == topic::dhcp_conflict) log::warn("dhcp.conflict", about);
    else if (alarm.topic == topic::dhcp_rogue) log::warn("dhcp.rogue", about);
    else log::warn("dhcp.pool", {{"network", network}, {"used", alarm.used}, {"size", alarm.size}});
}

}  // namespace

Server::Server(const net::any_io_executor& executor, state::LiveConfiguration& live, Journal& journal, const Tuning& tuning,
               state::PolicyFolder policy, Listeners listeners)
    : live_{live},
      journal_{journal},
      tuning_{tuning},
      policy_{std::move(policy)},
      standings_{policy_.path.empty() ? "" : policy_.rules()},
      listeners_{std::move(listeners)},
      recorder_{crypto::random_id()},
      readable_{executor, poller_.duplicate()},
      bell_{executor} {}

Task<> Server::follow() {
    for (std::uint64_t seen = 0;;) {
        seen = co_await live_.changed(seen);
        is_rung_ = true;
        bell_.cancel();
    }
}

Task<> Server::wait() {
    using namespace net::experimental::awaitable_operators;
    auto deadline = next_round_;
    for (const auto& [name, site] : sites_) deadline = std::min(deadline, site.engine.next_deadline().value_or(deadline));
    bell_.expires_at(deadline);
    if (!is_rung_) co_await (is_readable(readable_) || rings(bell_));
    is_rung_ = false;
}

Task<> Server::run() {
    if (const auto may = Port::check_permission(); !may) throw Fatal{may.error()};
    const auto give_up = now() + patience_for_redis;
    while (!is_restored_ && now() < give_up) {
        co_await restore();
        if (!is_restored_) co_await after(Milliseconds{200});
    }
    if (!is_restored_) log::warn("leases.not_restored");
    if (!live_.current()) log::info("config.waiting");

    for (;;) {
        co_await wait();
        std::vector<Record> records;
        std::vector<Work> works;
        const bool is_round = now() >= next_round_;
        if (is_round) {
            next_round_ = now() + between_rounds;
            if (!is_restored_) co_await restore();
        }
        // bridged writes the compiled policy before it tells of the revision, and again when a schedule begins or ends.
        const auto version = live_.version();
        const bool is_another_moment = (is_round || version != seen_) && standings_.look();
        if (version != seen_ || (is_another_moment && live_.current())) {
            seen_ = version;
            apply(*live_.current(), records);
        }
        if (is_round) {
            place(records);
            if (is_restored_ && is_carrying_unread_) co_await look_for_carried();
            carry(records);
            open_ports();
        }
        for (auto& [name, site] : sites_) {
            auto outcome = receive(site);
            write_down(site, outcome, records);
            probe(site, outcome);
            if (!outcome.replies.empty()) works.push_back({.site = &site, .outcome = std::move(outcome)});
        }
        std::vector<bus::Message> events;
        for (const auto& record : records) {
            if (!record.topic.empty()) events.push_back({record.topic, record.body});
        }
        // One transaction for the whole batch, and only then the answers that depend on it.
        const bool is_written = co_await journal_.keep(std::move(records));
        const bool is_durable = is_written && is_restored_;
        for (auto& [name, site] : sites_) site.engine.set_durable(is_durable);
        for (auto& work : works) answer(work, is_durable);
        if (!events.empty()) listeners_.written(std::move(events));
        tell_verdict();
    }
}

// ---- one batch ----

Outcome Server::receive(Site& site) {
    Outcome out;
    if (site.port) {
        for (const auto frame : site.port->receive_dhcp()) {
            if (const auto heard = parse_dhcp_frame(frame)) out.append(site.engine.handle(heard->message, heard->from, both_clocks()));
            else ++site.malformed;
        }
        for (const auto frame : site.port->receive_arp()) {
            if (const auto reply = parse_arp_frame(frame))
                out.append(site.engine.in_use(reply->sender_address, reply->sender, both_clocks()));
        }
    }
    out.append(site.engine.tick(both_clocks()));
    return out;
}

void Server::write_down(const Site& site, const Outcome& outcome, std::vector<Record>& records) {
    const auto at = wall_now();
    for (const auto& change : outcome.changes) {
        log_change(change);
        records.push_back(recorder_.record(change, at));
    }
    for (const auto& alarm : outcome.alarms) {
        log_alarm(alarm, site.engine.network().name);
        records.push_back(recorder_.record(alarm, site.engine.network().name, at));
    }
}

void Server::probe(Site& site, const Outcome& outcome) {
    if (!site.port) return;
    for (const auto probe : outcome.probes) {
        // Not sent means not answered: the address counts as free, as it would on a silent network.
        static_cast<void>(site.port->send(probe_frame(probe, site.port->mac())));
    }
}

void Server::answer(Work& work, bool is_durable) {
    auto& site = *work.site;
    if (!site.port) return;
    const auto own_address = site.engine.network().address.address;
    for (auto& reply : work.outcome.replies) {
        if (!is_durable) shorten(reply, tuning_.crowded_lease);
        const auto sent = site.port->send(reply_frame(reply, site.port->mac(), own_address));
        if (!sent) log::debug("reply.not_sent", {{"reason", sent.error().detail}});
    }
}

// ---- configuration and memory ----

Task<> Server::restore() {
    auto leases = co_await journal_.load();
    if (!leases) co_return;
    is_restored_ = true;
    log::info("leases.restored", {{"count", leases->size()}});
    std::ranges::move(*leases, std::back_inserter(unplaced_));
}

void Server::apply(const model::Configuration& configuration, std::vector<Record>& records) {
    const auto at = both_clocks();
    const auto policy = standings_.of(configuration);
    const auto serves = [&](const std::string& name) {
        return std::ranges::any_of(configuration.networks, [&](const auto& network) { return network.name == name && network.dhcp; });
    };
    // Leases of a network that is gone are not over: it may come back (a reverted revision), and then they still stand.
    for (auto& [name, site] : sites_) {
        if (!serves(name)) std::ranges::move(site.engine.leases(at), std::back_inserter(unplaced_));
    }
    std::erase_if(sites_, [&](const auto& site) { return !serves(site.first); });
    for (const auto& network : configuration.networks) {
        if (!network.dhcp) continue;
        auto found = sites_.find(network.name);
        if (found == sites_.end()) found = sites_.try_emplace(network.name, network, policy, tuning_).first;
        auto& site = found->second;
        write_down(site, site.engine.configure(network, policy, at), records);
        if (site.port && site.port->interface() != network.interface) site.port.reset();
    }
    revision_ = configuration.revision;
    is_carrying_unread_ = true;
    place(records);
    open_ports();
}

void Server::place(std::vector<Record>& records) {
    const auto at = both_clocks();
    std::vector<model::Lease> still;
    for (auto& lease : std::exchange(unplaced_, {})) {
        const auto found = sites_.find(lease.network);
        Outcome out;
        const bool is_placed = found != sites_.end() && found->second.engine.restore(lease, at, out);
        const bool is_over = found != sites_.end() || lease.expires_at <= at.wall;
        if (!is_placed && is_over) out.changes.push_back({topic::lease_expired, lease});
        else if (!is_placed) still.push_back(std::move(lease));
        for (const auto& change : out.changes) {
            log_change(change);
            records.push_back(recorder_.record(change, at.wall));
        }
    }
    unplaced_ = std::move(still);
}

Task<> Server::look_for_carried() {
    auto found = co_await journal_.carrying();
    if (!found || found->revision != revision_) co_return;  // Away, or the document of another revision: looked at again.
    is_carrying_unread_ = false;
    to_carry_ = found->named == found->taken ? std::string{} : std::move(found->named);
}

void Server::carry(std::vector<Record>& records) {
    if (to_carry_.empty() || policy_.path.empty()) return;
    const auto read = read_carried(policy_.path + "/lists/" + to_carry_);
    if (!read && read.error().code == Code::NotFound) return;  // On its way.
    if (!read) log::error("leases.not_carried", {{"sha256", to_carry_}, {"reason", read.error().detail}});
    std::size_t kept = 0;
    const auto at = both_clocks();
    for (const auto& lease : read.value_or(std::vector<model::Lease>{})) {
        const auto found = sites_.find(lease.network);
        if (found == sites_.end()) continue;
        const auto out = take_over(found->second.engine, lease, at);
        kept += out.changes.size();
        write_down(found->second, out, records);
    }
    records.push_back({.value = to_carry_});
    log::info("leases.carried", {{"sha256", to_carry_}, {"count", kept}});
    to_carry_.clear();
}

void Server::open_ports() {
    for (auto& [name, site] : sites_) {
        if (site.port && !site.port->is_alive()) site.port.reset();
        if (site.port) continue;
        const auto opened = open_port(site);
        const auto& interface = site.engine.network().interface;
        if (opened) {
            log::info("interface.opened", {{"network", name}, {"interface", interface}});
            site.problem.clear();
        } else if (std::exchange(site.problem, opened.error().detail) != opened.error().detail) {
            log::warn("interface.not_opened", {{"network", name}, {"interface", interface}, {"reason", opened.error().detail}});
        }
    }
}

Status Server::open_port(Site& site) {
    const auto& interface = site.engine.network().interface;
    bool serves_another = false;
    for (const auto& [name, other] : sites_) {
        serves_another = serves_another || other.port;
        if (other.port && other.port->interface() == interface)
            return failed(Code::Conflict, interface + ": is already used by network " + name);
    }
    auto port = Port::open(interface);
    if (!port) {
        const auto& error = port.error();
        if (error.code == Code::Denied || (error.code == Code::Conflict && !serves_another)) throw Fatal{error};
        return std::unexpected{error};
    }
    if (auto watched = poller_.watch(*port); !watched) return watched;
    site.port = std::make_unique<Port>(*std::move(port));
    return {};
}

void Server::tell_verdict() {
    if (!revision_) return;
    Verdict verdict{.revision = *revision_};
    for (const auto& [name, site] : sites_) {
        if (!site.port) verdict.problem.append(verdict.problem.empty() ? "" : "; ").append("network " + name + ": " + site.problem);
    }
    if (told_ == verdict) return;
    told_ = verdict;
    listeners_.applied(std::move(verdict));
}

nlohmann::json Server::networks() const {
    auto list = nlohmann::json::array();
    for (const auto& [name, site] : sites_) {
        const auto& pool = site.engine.pool();
        const auto& counted = site.engine.counters();
        list.push_back({{"name", name},
                        {"interface", site.engine.network().interface},
                        {"listening", site.port != nullptr},
                        {"problem", site.problem},
                        {"pool_size", pool.size()},
                        {"leases", pool.count(Binding::State::Leased)},
                        {"offers_held", pool.count(Binding::State::Offered)},
                        {"quarantined", pool.count(Binding::State::Quarantined)},
                        {"discovers", counted.discovers},
                        {"offers", counted.offers},
                        {"requests", counted.requests},
                        {"acks", counted.acks},
                        {"naks", counted.naks},
                        {"declines", counted.declines},
                        {"releases", counted.releases},
                        {"informs", counted.informs},
                        {"banned", counted.banned},
                        {"ignored", counted.ignored},
                        {"malformed", site.malformed},
                        {"exhausted", counted.exhausted},
                        {"probes", counted.probes},
                        {"conflicts", counted.conflicts},
                        {"rogues", counted.rogues},
                        {"expired", counted.expired}});
    }
    return list;
}

}  // namespace vivi::dhcpd
