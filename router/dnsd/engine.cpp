// The engine's verbs around its state: configuration in, deadlines, counts and events out.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/engine.hpp"

#include <algorithm>
#include <utility>

#include "common/core/domain_name.hpp"
#include "router/dnsd/engine_state.hpp"

namespace vivi::dnsd {

Engine::State::State(RandomSource& source, const Limits& bounds)
    : limits{bounds},
      random{source},
      hash{random.u64(), random.u64()},
      devices{bounds.devices, hash},
      flights{bounds.in_flight, bounds.waiting},
      cache{bounds.cached},
      allowed{bounds.allowed},
      slot_asks(bounds.slots),
      seen{bounds.seen_rows, hash},
      hits{bounds.hit_rows, hash} {
    devices.set_policy(*policy);
}

bool Engine::State::is_router(const Client& client) const noexcept {
    static constexpr IpPrefix loopback4{.address = to_mapped(Ipv4{0x7f000000}), .length = 104};
    static constexpr Ipv6 loopback6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    const auto& address = client.from.address;
    return loopback4.contains(address) || address == loopback6 || names.is_own(address);
}

bool Engine::State::is_private_name(std::string_view name) const noexcept {
    return std::ranges::any_of(dns.private_names, [&](const auto& suffix) { return is_at_or_below(name, suffix); });
}

std::string_view Engine::State::explain(const policy::Verdict& verdict) {
    const auto key = std::uint64_t{std::to_underlying(verdict.layer)} << 32 | verdict.rule;
    auto& text = rule_texts[key];
    if (text.empty()) text = "vivi: " + policy->describe(verdict);
    return text;
}

void Engine::State::block(const Client& client, const DeviceTable::Known& known, const policy::Verdict& verdict,
                          std::string_view name, Decisions& out) {
    ++counters.blocked;
    auto text = explain(verdict);
    const auto kind = std::uint64_t{std::to_underlying(verdict.layer)} << 32 | verdict.rule;
    if (hits.count(known.device, name, kind)) hit_rules.emplace_back(verdict.layer, text.substr(6));
    if (name != asked.name.text()) text = alias_text.assign("vivi: alias ").append(name).append(": ").append(text.substr(6));
    const Explanation why{.code = code_of(verdict.layer), .text = text};
    const auto page = dns.block_answer == model::BlockAnswer::Page ? names.own_address(client.from.address) : std::nullopt;
    out.answer(client, write_blocked(out.room(asked.most_bytes), asked, dns.block_answer, page, why));
}

void Engine::State::refuse(const Client& client, std::uint16_t rcode, std::optional<Explanation> why, Decisions& out) {
    Reply reply{out.room(least_room), asked, why};
    out.answer(client, reply.finish(rcode));
}

Engine::Engine(RandomSource& random, const Limits& limits) : state_{std::make_unique<State>(random, limits)} {}
Engine::~Engine() = default;

std::vector<firewall::Allowed> Engine::set_policy(std::shared_ptr<const policy::Engine> policy) {
    state_->policy = std::move(policy);
    state_->rule_texts.clear();
    state_->devices.set_policy(*state_->policy);
    return state_->allowed.no_longer_allowed(*state_->policy);
}

void Engine::set_dns(const model::Dns& dns, std::span<const model::Network> networks) {
    state_->dns = dns;
    state_->networks.assign(networks.begin(), networks.end());
    state_->names.set(state_->networks, state_->leases);
}

void Engine::set_upstreams(std::span<const Endpoint> upstreams) {
    state_->upstreams.set(upstreams);
    state_->cache.clear();
    for (const auto index : state_->flights.all()) state_->flights[index].tried = 0;  // Positions mean others now.
}

void Engine::set_leases(std::span<const model::Lease> leases) {
    state_->leases.assign(leases.begin(), leases.end());
    state_->devices.set_leases(leases);
    state_->names.set(state_->networks, state_->leases);
}

DeviceTable& Engine::devices() noexcept { return state_->devices; }

void Engine::query(BytesView message, const Client& client, Instant now, Decisions& out) {
    state_->query(message, client, now, out);
}

void Engine::upstream_answer(BytesView message, const Endpoint& from, Transport transport, SlotId slot, Instant now,
                             Decisions& out) {
    state_->upstream_answer(message, from, transport, slot, now, out);
}

void Engine::upstream_failed(const Endpoint& upstream, Transport transport, std::uint16_t id, Instant now, Decisions& out) {
    state_->upstream_failed(upstream, transport, id, now, out);
}

void Engine::allow_failed() noexcept { state_->allowed.tell_again(); }

void Engine::adopt(std::span<const firewall::Allowed> held, Instant now) {
    for (const auto& element : held) state_->allowed.adopt(element, now);
}

std::optional<Instant> Engine::next_deadline() const noexcept {
    const auto first = state_->flights.earliest();
    if (first == no_index) return std::nullopt;
    return state_->flights[first].deadline;
}

void Engine::expire(Instant now, Decisions& out) { state_->expire(now, out); }

std::size_t Engine::asks_at(SlotId slot) const noexcept { return state_->slot_asks.at(slot); }
std::size_t Engine::in_flight() const noexcept { return state_->flights.size(); }

model::DomainsSeen Engine::take_seen(Instant now) {
    auto& table = state_->seen;
    model::DomainsSeen taken{.folded = table.folded()};
    taken.tick = std::chrono::duration_cast<Milliseconds>(now - state_->seen_since.value_or(now));
    for (const auto& row : table.rows())
        taken.rows.push_back({.device = row.device, .name = std::string{table.name(row)}, .queries = row.count});
    table.clear();
    state_->seen_since = now;
    return taken;
}

model::PolicyHits Engine::take_hits(Instant now) {
    auto& table = state_->hits;
    model::PolicyHits taken{.revision = state_->policy->revision(), .by = "dnsd", .folded = table.folded()};
    taken.tick = std::chrono::duration_cast<Milliseconds>(now - state_->hits_since.value_or(now));
    for (std::size_t i = 0; i < table.rows().size(); ++i) {
        const auto& row = table.rows()[i];
        taken.rows.push_back({.device = row.device,
                              .name = std::string{table.name(row)},
                              .address = {},
                              .layer = std::string{policy::to_string(state_->hit_rules[i].first)},
                              .rule = state_->hit_rules[i].second,
                              .hits = row.count});
    }
    table.clear();
    state_->hit_rules.clear();
    state_->hits_since = now;
    return taken;
}

const Counters& Engine::counters() const noexcept { return state_->counters; }
std::vector<UpstreamHealth> Engine::upstreams(Instant now) const { return state_->upstreams.health(now); }

}  // namespace vivi::dnsd
