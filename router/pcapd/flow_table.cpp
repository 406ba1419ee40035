// Attribution of packets, and the life of flows.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/flow_table.hpp"

#include <algorithm>

#include "common/wire/dns.hpp"
#include "common/wire/ipv6.hpp"
#include "common/wire/transport.hpp"

namespace vivi::pcapd {
namespace {

constexpr int most_expired_at_once = 8'192;

/// "This network", link-local, multicast and broadcast (RFC 6890, RFC 5771): never the other side of the uplink.
bool is_special(Ipv4 address) noexcept {
    return address.value >> 24 == 0 || address.value >> 16 == 0xa9fe || address.value >> 28 == 0xe || address.value == 0xffffffff;
}
/// Unspecified, link-local unicast fe80::/10 and multicast ff00::/8 (RFC 4291 section 2.4).
bool is_special(const Ipv6& address) noexcept {
    return address == Ipv6{} || address.octets[0] == 0xff || (address.octets[0] == 0xfe && (address.octets[1] & 0xc0) == 0x80);
}

}  // namespace

FlowTable::FlowTable(FlowLimits limits, HashKey key)
    : limits_{limits},
      names_{limits.names, key},
      answers_{limits.answers, names_, key},
      rows_{limits.rows, names_, key},
      flows_{limits.flows, key},
      inspector_{limits.inspector, key},
      denials_{limits.denials} {}

void FlowTable::set_lan(Lan lan) {
    if (lan.next_hop != lan_.next_hop) next_hops_learned_ = 0;
    lan_ = std::move(lan);
}

void FlowTable::set_policy(const policy::Engine* engine) noexcept {
    engine_ = engine;
    ++policies_;
}

void FlowTable::add(const Packet& packet, Instant now) {
    bool from_router = is_router(packet.source_mac);
    bool to_router = is_router(packet.destination_mac);
    const bool to_group = packet.destination_mac.is_group();
    bool is_nobodys = packet.source_mac.is_group();
    if (lan_.next_hop) {
        if (from_router && !to_group) learn_next_hop(packet);
        is_nobodys = is_nobodys || is_beside_lan(packet, from_router, to_router);
        from_router = from_router || is_next_hop(packet.source_mac);
        to_router = to_router || is_next_hop(packet.destination_mac);
    }
    if (is_nobodys || (from_router && (to_router || to_group))) {
        ++done_.ignored;
        return;
    }
    if (packet.source_port == wire::dns::port && !to_router && !to_group) learn(packet, now);
    if (from_router) {
        count(packet.destination_mac, Direction::Down, packet, now);
    } else if (to_router) {
        count(packet.source_mac, Direction::Up, packet, now);
    } else {
        count_unnamed(packet.source_mac, Direction::Up, packet.bytes);
        if (!to_group) count_unnamed(packet.destination_mac, Direction::Down, packet.bytes);
    }
}

std::vector<model::TrafficRow> FlowTable::take(Instant now) {
    auto rows = rows_.take();
    ++tick_;
    expire(now);
    answers_.expire(now);
    return rows;
}

model::PolicyHits FlowTable::take_hits() {
    auto hits = denials_.take_hits();
    hits.revision = engine_ != nullptr ? engine_->revision() : 0;
    return hits;
}

FlowCounts FlowTable::counts() const noexcept {
    auto counts = done_;
    counts.flows = flows_.size();
    counts.names = names_.size();
    counts.answers = answers_.size();
    counts.folded = rows_.folded();
    counts.refused_names = names_.refused();
    counts.inspector = inspector_.counts();
    return counts;
}

bool FlowTable::is_router(Mac mac) const noexcept { return std::ranges::find(lan_.router_macs, mac) != lan_.router_macs.end(); }

bool FlowTable::is_next_hop(Mac mac) const noexcept {
    const auto known = std::min(next_hops_learned_, next_hops_.size());
    return std::ranges::find(next_hops_.begin(), next_hops_.begin() + static_cast<std::ptrdiff_t>(known), mac) !=
           next_hops_.begin() + static_cast<std::ptrdiff_t>(known);
}

/// From what we send ourselves, which no device can forge: to whom we give what is not for the LAN.
void FlowTable::learn_next_hop(const Packet& packet) noexcept {
    if (!wire::ipv6::is_mapped(packet.destination) || is_next_hop(packet.destination_mac)) return;
    if (is_local(packet.destination) && wire::ipv6::unmapped(packet.destination) != lan_.next_hop) return;
    next_hops_[next_hops_learned_++ % next_hops_.size()] = packet.destination_mac;
}

/// What comes to us by IPv4 from outside of the LAN, or from the next hop itself, is not from a device.
bool FlowTable::is_beside_lan(const Packet& packet, bool from_us, bool to_us) const noexcept {
    if (!to_us || from_us || !wire::ipv6::is_mapped(packet.source)) return false;
    return !is_local(packet.source) || wire::ipv6::unmapped(packet.source) == lan_.next_hop;
}

bool FlowTable::is_local(const Ipv6& address) const noexcept {
    if (!wire::ipv6::is_mapped(address)) return is_special(address);
    const auto ipv4 = wire::ipv6::unmapped(address);
    return is_special(ipv4) || std::ranges::any_of(lan_.prefixes, [&](const auto& prefix) { return prefix.contains(ipv4); });
}

void FlowTable::learn(const Packet& packet, Instant now) {
    const auto response =
        packet.protocol == wire::transport::tcp ? wire::dns::parse_tcp(packet.payload) : wire::dns::parse(packet.payload);
    if (response) answers_.learn(packet.destination_mac, *response, now);
}

void FlowTable::count(Mac device, Direction direction, const Packet& packet, Instant now) {
    const bool up = direction == Direction::Up;
    const auto& remote = up ? packet.destination : packet.source;
    if (is_local(remote)) return count_unnamed(device, direction, packet.bytes);

    const Key key{.device = device.octets,
                  .protocol = packet.protocol,
                  .unused = 0,
                  .local = (up ? packet.source : packet.destination).octets,
                  .remote = remote.octets,
                  .local_port = up ? packet.source_port : packet.destination_port,
                  .remote_port = up ? packet.destination_port : packet.source_port};
    const auto slot = flow_of(key, packet.opens && up, now);
    auto& flow = flows_[slot];
    flow.last = now;
    flow.is_closed = flow.is_closed || packet.closes;
    if (flow.tick != tick_) {
        if (flow.name == no_name) {
            flow.name = names_.hold(answers_.find(device, remote, now));
            if (flow.name != no_name) flow.source = model::NameSource::Dns;
        }
        flow.tick = tick_;
        flow.in_tick = {};
        flow.row = rows_.row(device, flow.name, flow.source);
    }
    flow.in_tick.count(direction, packet.bytes);
    rows_[flow.row].count(direction, packet.bytes);
    (up ? done_.bytes_up : done_.bytes_down) += packet.bytes;

    if (up && flow.inspection.phase != Inspection::Phase::Over && (packet.opens || !packet.payload.empty()))
        inspect(slot, packet, now);
    if (flow.decided_by != policies_ || flow.is_denied) enforce(slot, now);
}

void FlowTable::count_unnamed(Mac device, Direction direction, std::uint64_t bytes) {
    rows_[rows_.row(device, no_name, model::NameSource::None)].count(direction, bytes);
    (direction == Direction::Up ? done_.bytes_up : done_.bytes_down) += bytes;
}

FlowTable::Flows::Slot FlowTable::flow_of(const Key& key, bool opens, Instant now) {
    const auto found = flows_.find(key);
    if (found != Flows::none) {
        // The ports may be used again: by a connection that opens now, or after a silence.
        if (!opens && now - flows_[found].last <= idle_limit(key, flows_[found])) {
            flows_.touch(found);
            return found;
        }
        forget(found);
    }
    if (flows_.is_full()) {
        forget(flows_.oldest());
        ++done_.evicted;
    }
    return flows_.insert(key);
}

void FlowTable::inspect(Flows::Slot slot, const Packet& packet, Instant now) {
    auto& flow = flows_[slot];
    const auto visited = inspector_.inspect(slot, flow.inspection, packet, now);
    if (!visited) return;
    if (const auto id = names_.acquire(visited->name); id != no_name) {
        const Mac device{flows_.key(slot).device};
        names_.release(flow.visible);
        flow.visible = id;
        flow.visible_source = visited->source;
        if (visited->is_certain || answers_.was_told(device, visited->name, now)) rename(flow, device, id, visited->source);
    }  // No room: what it was called so far stays, but the policy still decides.
    decide(slot, visited->name.text(), visited->source, now);
}

void FlowTable::rename(Flow& flow, Mac device, NameId name, model::NameSource source) {
    names_.hold(name);
    names_.release(flow.name);
    flow.name = name;
    flow.source = source;
    rows_[flow.row] -= flow.in_tick;
    flow.row = rows_.row(device, flow.name, flow.source);
    rows_[flow.row] += flow.in_tick;
}

void FlowTable::enforce(Flows::Slot slot, Instant now) {
    auto& flow = flows_[slot];
    const auto name = names_.text(flow.visible);
    if (flow.decided_by != policies_)
        decide(slot, name, flow.visible_source, now);
    else if (now - flow.denied_at >= denied_again && flow.visible != no_name)
        say_denied(slot, name, flow.visible_source, verdict_on(flows_.key(slot), name), now);
}

void FlowTable::decide(Flows::Slot slot, std::string_view name, model::NameSource source, Instant now) {
    auto& flow = flows_[slot];
    flow.decided_by = policies_;
    flow.is_denied = false;
    if (engine_ == nullptr || name.empty()) return;
    const auto verdict = verdict_on(flows_.key(slot), name);
    if (!verdict.is_denied()) return;
    flow.is_denied = true;
    ++done_.denied;
    denials_.count({flows_.key(slot).device}, std::string{name},
                   {std::string{policy::to_string(verdict.layer)}, engine_->describe(verdict)});
    say_denied(slot, name, source, verdict, now);
}

/// Of the name, unless a rule for the address comes before it: in an allow-listed view an allowed address needs no allowed name.
policy::Verdict FlowTable::verdict_on(const Key& key, std::string_view name) const noexcept {
    const auto subject = engine_->subject(Mac{key.device});
    const auto by_name = engine_->decide_name(subject, name);
    if (!by_name.is_denied()) return by_name;
    const auto transport = key.protocol == wire::transport::tcp ? model::Transport::Tcp : model::Transport::Udp;
    const auto by_address = engine_->decide_address(subject, Ipv6{key.remote}, transport, key.remote_port);
    return !by_address.is_denied() && by_address.layer < by_name.layer ? by_address : by_name;
}

void FlowTable::say_denied(Flows::Slot slot, std::string_view name, model::NameSource source, const policy::Verdict& verdict,
                           Instant now) {
    const auto& key = flows_.key(slot);
    const bool is_said = denials_.say({.device = {key.device},
                                       .protocol = key.protocol,
                                       .local = {key.local},
                                       .remote = {key.remote},
                                       .local_port = key.local_port,
                                       .remote_port = key.remote_port,
                                       .name = std::string{name},
                                       .source = source,
                                       .rule = engine_->describe(verdict)});
    flows_[slot].denied_at = is_said ? now : now - denied_again;
}

Seconds FlowTable::idle_limit(const Key& key, const Flow& flow) const noexcept {
    if (flow.is_closed) return limits_.closed_idle;
    return key.protocol == wire::transport::tcp ? limits_.tcp_idle : limits_.udp_idle;
}

void FlowTable::forget(Flows::Slot slot) {
    const auto& flow = flows_[slot];
    names_.release(flow.name);
    names_.release(flow.visible);
    inspector_.forget(slot, flow.inspection);
    flows_.erase(slot);
}

void FlowTable::expire(Instant now) {
    auto slot = flows_.oldest();
    for (int i = 0; i < most_expired_at_once && slot != Flows::none; ++i) {
        const auto newer = flows_.newer(slot);
        const auto idle = now - flows_[slot].last;
        if (idle <= limits_.closed_idle) return;  // Those behind were heard of later still.
        if (idle > idle_limit(flows_.key(slot), flows_[slot])) forget(slot);
        slot = newer;
    }
}

}  // namespace vivi::pcapd
