// What happens to an address: offered, leased, given back, expired, restored.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/engine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "common/core/crypto.hpp"
#include "router/dhcpd/reply.hpp"
#include "router/dhcpd/text.hpp"

namespace vivi::dhcpd {
namespace {

namespace topic = model::topic;
using wire::dhcp::Message;
using wire::dhcp::Type;
using State = Binding::State;

constexpr int most_probes = 3;  ///< For one DISCOVER; then it is not answered, and comes again.

std::unordered_map<Mac, std::optional<WallTime>> denied_by(const model::Policy& policy) {
    std::unordered_map<Mac, std::optional<WallTime>> denied;
    for (const auto& rule : policy.devices) {
        if (rule.decision == model::Decision::Deny) denied.insert_or_assign(rule.device, rule.until);
    }
    for (const auto& rule : policy.devices) {
        if (rule.decision == model::Decision::Allow) denied.erase(rule.device);
    }
    for (const auto device : policy.protected_devices) denied.erase(device);
    return denied;
}

Seconds whole_seconds(Instant::duration duration) { return std::chrono::duration_cast<Seconds>(duration); }

}  // namespace

Engine::Engine(const model::Network& network, const model::Policy& policy, const Tuning& tuning)
    : network_{network}, tuning_{tuning}, pool_{network}, denied_{denied_by(policy)} {}

Outcome Engine::configure(const model::Network& network, const model::Policy& policy, Now now) {
    Outcome out;
    network_ = network;
    denied_ = denied_by(policy);
    for (const auto& lost : pool_.configure(network)) out.changes.push_back({topic::lease_expired, lease_of(lost, now)});
    watch_level(out);
    return out;
}

bool Engine::is_denied(Mac device, WallTime now) const {
    const auto rule = denied_.find(device);
    return rule != denied_.end() && (!rule->second || now < *rule->second);
}

bool Engine::has_leased(const ClientKey& client, Ipv4 address) {
    const auto* binding = pool_.at(address);
    return binding != nullptr && binding->state == State::Leased && binding->client == client;
}

std::string Engine::hostname_of(const Message& message) const {
    const auto* fixed = pool_.reservation(message.chaddr);
    return fixed != nullptr && !fixed->hostname.empty() ? fixed->hostname : clean_hostname(message.hostname);
}

model::Lease Engine::lease_of(const Binding& binding, Now now) const {
    return {.device = binding.device,
            .address = binding.address,
            .network = network_.name,
            .hostname = binding.hostname,
            .client_id = crypto::to_hex(binding.client_id),
            .vendor_class = binding.vendor_class,
            .duration = binding.duration,
            .granted_at = binding.granted_at,
            .expires_at = now.wall + std::chrono::duration_cast<Milliseconds>(binding.until - now.steady)};
}

/// A crowded network hands out short leases, but takes nothing back from those who renew.
Seconds Engine::lease_for(const Binding* held, Now now) const {
    const auto full = network_.dhcp->lease;
    const auto brief = std::min(full, tuning_.crowded_lease);
    if (!durable_) return brief;
    if (!is_crowded()) return full;
    return held == nullptr ? brief : std::clamp(whole_seconds(held->until - now.steady), brief, full);
}

// ---- an address changes hands ----

void Engine::discover(const Message& message, Now now, Outcome& out, int tries) {
    const auto client = client_key(message.chaddr, message.client_id);
    if (const auto* held = pool_.of(client); held != nullptr) {
        if (const auto waiting = parked_.find(held->address); waiting != parked_.end()) {
            waiting->second.discover = message;  // It asked again while we probe: the answer shall carry the newer xid.
            return;
        }
    }
    const auto address = pool_.choose(message.chaddr, client, message.requested);
    if (!address) {
        ++counters_.exhausted;
        return;
    }
    const auto* before = pool_.at(*address);
    const bool was_its_own = before != nullptr && before->client == client;
    leave_others(client, *address, now, out);
    if (!has_leased(client, *address)) {
        const auto hold = is_crowded() ? tuning_.hold / 6 : tuning_.hold;
        pool_.take(*address, client, message.chaddr, State::Offered, now.steady + hold);
    }
    if (was_its_own || tuning_.probe <= 0ms || parked_.size() >= tuning_.most_parked) return offer(message, *address, now, out);
    parked_.insert_or_assign(*address, Parked{.discover = message, .until = now.steady + tuning_.probe, .tries = tries});
    out.probes.push_back({*address});
    ++counters_.probes;
}

void Engine::offer(const Message& message, Ipv4 address, Now now, Outcome& out) {
    const auto* binding = pool_.at(address);
    const auto* fixed = pool_.reservation(message.chaddr);
    const auto lease = lease_for(binding->state == State::Leased ? binding : nullptr, now);
    out.replies.push_back(answer_lease(Type::Offer, message, network_, address, lease, fixed == nullptr ? "" : fixed->hostname));
    ++counters_.offers;
}

void Engine::grant(const Message& message, Ipv4 address, Now now, Outcome& out) {
    const auto client = client_key(message.chaddr, message.client_id);
    const auto hostname = hostname_of(message);
    const auto* fixed = pool_.reservation(message.chaddr);
    const auto acknowledge = [&](Seconds lease) {
        out.replies.push_back(answer_lease(Type::Ack, message, network_, address, lease, fixed == nullptr ? "" : fixed->hostname));
        ++counters_.acks;
    };
    const auto* held = has_leased(client, address) ? pool_.at(address) : nullptr;
    // Asked again within a quarter of the lease: the same promise, what is left of it, and nothing to write.
    if (held != nullptr && durable_ && held->duration == network_.dhcp->lease && held->hostname == hostname &&
        now.steady - held->since < held->duration / 4)
        return acknowledge(whole_seconds(held->until - now.steady));

    const bool renewed = held != nullptr;
    const auto duration = lease_for(held, now);
    leave_others(client, address, now, out);
    parked_.erase(address);
    auto& binding = pool_.take(address, client, message.chaddr, State::Leased, now.steady + duration);
    binding.since = now.steady;
    binding.duration = duration;
    if (!renewed) binding.granted_at = now.wall;
    binding.hostname = hostname;
    binding.client_id = message.client_id;
    binding.vendor_class = clean_text(message.vendor_class);
    out.changes.push_back({renewed ? topic::lease_renewed : topic::lease_granted, lease_of(binding, now)});
    acknowledge(duration);
    watch_level(out);
}

void Engine::leave_others(const ClientKey& client, Ipv4 keep, Now now, Outcome& out) {
    const auto leave = [&](Binding* binding) {
        if (binding == nullptr) return;
        if (binding->state == State::Leased) end_lease(*binding, topic::lease_released, now, out);
        else if (binding->state == State::Offered) pool_.release(*binding);
    };
    if (auto* binding = pool_.of(client); binding != nullptr && binding->address != keep) leave(binding);
    // Its own reserved address, held by the same device under another identifier (a boot ROM, then the system).
    if (auto* binding = pool_.at(keep); binding != nullptr && binding->client != client) leave(binding);
}

void Engine::end_lease(Binding& binding, std::string_view topic, Now now, Outcome& out) {
    out.changes.push_back({topic, lease_of(binding, now)});
    pool_.release(binding);
}

/// Told once above four fifths, and again only after it was below seven tenths.
void Engine::watch_level(Outcome& out) {
    const auto used = pool_.used();
    if (used * 10 < pool_.size() * 7) level_told_ = false;
    if (level_told_ || !is_crowded()) return;
    level_told_ = true;
    out.alarms.push_back({.topic = topic::dhcp_pool, .used = used, .size = pool_.size()});
}

// ---- time, neighbours and memory ----

Outcome Engine::in_use(Ipv4 address, Mac owner, Now now) {
    Outcome out;
    const auto found = parked_.find(address);
    if (found == parked_.end() || found->second.discover.chaddr == owner) return out;
    const auto parked = std::move(found->second);
    parked_.erase(found);
    ++counters_.conflicts;
    out.alarms.push_back({.topic = topic::dhcp_conflict, .address = address, .device = owner});
    pool_.quarantine(address, now.steady + tuning_.quarantine);
    if (parked.tries < most_probes) discover(parked.discover, now, out, parked.tries + 1);
    return out;
}

Outcome Engine::tick(Now now) {
    Outcome out;
    for (auto at = parked_.begin(); at != parked_.end();) {
        if (at->second.until > now.steady) {
            ++at;
            continue;
        }
        const auto& message = at->second.discover;
        const auto* binding = pool_.at(at->first);
        const bool still_its = binding != nullptr && binding->state != State::Free &&
                               binding->client == client_key(message.chaddr, message.client_id);
        if (still_its) offer(message, at->first, now, out);
        at = parked_.erase(at);
    }
    while (auto* binding = pool_.next_expired(now.steady)) {
        if (binding->state != State::Leased) {
            pool_.release(*binding);
            continue;
        }
        ++counters_.expired;
        end_lease(*binding, topic::lease_expired, now, out);
    }
    watch_level(out);
    return out;
}

std::optional<Instant> Engine::next_deadline() const {
    auto first = pool_.next_deadline();
    for (const auto& [address, parked] : parked_) first = std::min(first.value_or(parked.until), parked.until);
    return first;
}

std::vector<model::Lease> Engine::leases(Now now) const {
    std::vector<model::Lease> all;
    for (const auto& [address, binding] : pool_.bindings()) {
        if (binding.state == State::Leased) all.push_back(lease_of(binding, now));
    }
    return all;
}

bool Engine::restore(const model::Lease& lease, Now now, Outcome& out) {
    const auto client_id = crypto::from_hex(lease.client_id).value_or(Bytes{});
    const auto client = client_key(lease.device, client_id);
    const auto& own = network_.address;
    if (lease.network != network_.name || !own.contains(lease.address) || lease.address == own.network() ||
        lease.address == own.broadcast() || lease.address == own.address)
        return false;
    const auto is_taken = [](const Binding* binding) { return binding != nullptr && binding->state != State::Free; };
    if (is_taken(pool_.at(lease.address))) return true;  // What was decided since then wins.
    if (is_taken(pool_.of(client))) {
        out.changes.push_back({topic::lease_released, lease});
        return true;
    }
    const auto longest = std::max(lease.duration, Seconds{0});
    const auto left = std::clamp<Milliseconds>(lease.expires_at - now.wall, 0ms, longest);
    auto& binding = pool_.take(lease.address, client, lease.device, State::Leased, now.steady + left);
    binding.since = binding.until - longest;
    binding.duration = longest;
    binding.granted_at = lease.granted_at;
    binding.hostname = clean_hostname(lease.hostname);
    binding.client_id = client_id;
    binding.vendor_class = clean_text(lease.vendor_class);
    if (left == 0ms) end_lease(binding, topic::lease_expired, now, out);
    return true;
}

}  // namespace vivi::dhcpd
