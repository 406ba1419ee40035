// What happens at a place: devices and their addresses, and what goes wrong.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/event/event.hpp"

#include <algorithm>
#include <utility>

#include "common/model/policy_event.hpp"

namespace vivi::sim::event {
namespace {

namespace topic = model::topic;
using wire::dhcp::Message;
using wire::dhcp::Type;

constexpr Seconds between_tries{30};
constexpr Seconds between_rogue_offers{60};
constexpr Mac travel_router{{0x50, 0xc7, 0xbf, 0x12, 0x34, 0x56}};  // TP-Link, and so an address of 192.168.0.1.
constexpr Ipv4 travel_address{0xc0a80001};
const Ipv6 foreign_router{{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x52, 0xc7, 0xbf, 0xff, 0xfe, 0x12, 0x34, 0x56}};
// Time between a lease and the question for its extension: T1, RFC 2131 section 4.4.5.
constexpr int renewal_share = 2;

}  // namespace

Event::Event(const Setting& setting)
    : setting_{setting},
      network_{network_of(setting.place, setting.devices)},
      cast_{cast_of(setting.place, setting.devices, setting.seed)},
      presences_(cast_.size()),
      server_{network_, model::Policy{}, dhcpd::Tuning{.probe = 0ms}},
      told_until_{setting.timetable.began},
      random_{setting.seed * 7 + static_cast<std::uint32_t>(setting.place)} {
    const auto& timetable = setting_.timetable;
    for (std::size_t i = 0; i < cast_.size(); ++i) {
        by_mac_.emplace(cast_[i].mac, i);
        for (const auto& stay : cast_[i].stays) {
            later(timetable.wall(stay.from), What::Arrives, i);
            later(timetable.wall(stay.until), What::Departs, i);
        }
    }
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        if (incidents.at(i).place != setting_.place) continue;
        later(timetable.wall(incidents.at(i).from), What::Begins, i);
        later(timetable.wall(incidents.at(i).until), What::Ends, i);
    }
}

void Event::later(WallTime at, What what, std::size_t index, std::uint64_t visit) {
    agenda_.push({.at = at, .order = orders_++, .what = what, .index = index, .visit = visit});
}

std::vector<Happening> Event::happenings(WallTime, WallTime until) {
    while (!agenda_.empty() && agenda_.top().at < until) {
        const auto due = agenda_.top();
        agenda_.pop();
        let_leases_end(due.at);
        happen(due);
    }
    let_leases_end(until);
    told_until_ = until;
    return std::exchange(told_, {});
}

void Event::happen(const Due& due) {
    switch (due.what) {
        case What::Arrives:
            presences_[due.index].is_here = true;
            ++presences_[due.index].visit;
            return ask_for_address(due.index, due.at);
        case What::Renews:
            if (presences_[due.index].is_here && presences_[due.index].visit == due.visit) renew(due.index, due.at);
            return;
        case What::Departs: return depart(due.index, due.at);
        case What::Begins: return begin(incidents.at(due.index), due.index, due.at);
        case What::GoesOn: return go_on(incidents.at(due.index), due.index, due.at);
        case What::Ends:
            if (incidents.at(due.index).trouble == Trouble::NoNames)
                told_.push_back({topic::health_dns, model::to_json(model::HealthChange{.state = "ok"}), due.at});
            return;
    }
}

// ---- addresses ----

Message Event::message_of(const Device& device, Type type) const {
    return {.type = type, .chaddr = device.mac, .hostname = device.hostname, .vendor_class = device.vendor_class};
}

std::optional<Message> Event::say(const Message& message, Mac from, WallTime at) {
    auto outcome = server_.handle(message, from, now(at));
    std::optional<Message> answer;
    if (!outcome.replies.empty()) answer = outcome.replies.back().message;
    tell(std::move(outcome), at);
    return answer;
}

/// RFC 2131 section 3: first the address it had (INIT-REBOOT), then any. Without an answer it tries again while it is there.
void Event::ask_for_address(std::size_t index, WallTime at) {
    const auto& device = cast_[index];
    auto& presence = presences_[index];
    std::optional<Message> answer;
    if (presence.address) {
        auto reboot = message_of(device, Type::Request);
        reboot.requested = presence.address;
        answer = say(reboot, device.mac, at);
    }
    if (!answer || answer->type != Type::Ack) {
        const auto offer = say(message_of(device, Type::Discover), device.mac, at);
        if (!offer) return later(at + between_tries, What::Renews, index, presence.visit);
        auto request = message_of(device, Type::Request);
        request.requested = offer->yiaddr;
        request.server_id = network_.address.address;
        answer = say(request, device.mac, at);
    }
    presence.has_lease = answer && answer->type == Type::Ack;
    if (!presence.has_lease) return later(at + between_tries, What::Renews, index, presence.visit);
    presence.address = answer->yiaddr;
    later(at + answer->lease.value_or(Seconds{3600}) / renewal_share, What::Renews, index, presence.visit);
}

void Event::renew(std::size_t index, WallTime at) {
    auto& presence = presences_[index];
    if (!presence.has_lease) return ask_for_address(index, at);
    auto request = message_of(cast_[index], Type::Request);
    request.ciaddr = *presence.address;
    const auto answer = say(request, cast_[index].mac, at);
    presence.has_lease = answer && answer->type == Type::Ack;
    const auto next = presence.has_lease ? answer->lease.value_or(Seconds{3600}) / renewal_share : between_tries;
    later(at + std::max(next, between_tries), What::Renews, index, presence.visit);
}

void Event::depart(std::size_t index, WallTime at) {
    auto& presence = presences_[index];
    presence.is_here = false;
    if (presence.has_lease && cast_[index].says_goodbye) {
        auto release = message_of(cast_[index], Type::Release);
        release.ciaddr = *presence.address;
        say(release, cast_[index].mac, at);
    }
    presence.has_lease = false;
}

/// Leases of those who went without a word, each at its moment.
void Event::let_leases_end(WallTime until) {
    for (auto next = server_.next_deadline(); next; next = server_.next_deadline()) {
        const auto at = setting_.timetable.began + std::chrono::ceil<Milliseconds>(*next - Instant{});
        if (at >= until) return;
        tell(server_.tick(now(at)), at);
    }
}

void Event::tell(dhcpd::Outcome&& outcome, WallTime at) {
    for (const auto& change : outcome.changes) told_.push_back({change.topic, {{"lease", model::to_json(change.lease)}}, at});
    for (const auto& alarm : outcome.alarms) {  // As router/dhcpd/journal.cpp writes them.
        model::Json members{{"network", network_.name}};
        if (alarm.topic == topic::dhcp_pool) {
            members["used"] = alarm.used;
            members["size"] = alarm.size;
        } else {
            members[alarm.topic == topic::dhcp_rogue ? "server" : "address"] = to_string(alarm.address);
            members["device"] = to_string(alarm.device);
        }
        told_.push_back({alarm.topic, std::move(members), at});
    }
}

// ---- what goes wrong ----

void Event::begin(const Incident& incident, std::size_t index, WallTime at) {
    switch (incident.trouble) {
        case Trouble::NoNames: {
            const model::HealthChange gone{.state = "fallback", .detail = "dnsd did not answer for 2 s"};
            told_.push_back({topic::health_dns, model::to_json(gone), at});
            return;
        }
        case Trouble::ForeignRa: {
            const model::ForeignRa ra{.interface = network_.interface, .device = travel_router, .router = foreign_router};
            told_.push_back({topic::network_foreign_ra, model::to_json(ra), at});
            return;
        }
        case Trouble::RogueServer:
        case Trouble::Conflict: return go_on(incident, index, at);
        case Trouble::UplinkOutage:
        case Trouble::Flood: return;  // traffic() shows them.
    }
}

void Event::go_on(const Incident& incident, std::size_t index, WallTime at) {
    const auto victim = somebody_connected();
    if (!victim || setting_.timetable.moment(at) >= incident.until) return;
    auto& presence = presences_[*victim];
    if (incident.trouble == Trouble::RogueServer) {
        say({.type = Type::Offer,
             .yiaddr = {travel_address.value + 99},
             .chaddr = cast_[*victim].mac,
             .server_id = travel_address},
            travel_router, at);
        return later(at + between_rogue_offers, What::GoesOn, index);
    }
    auto decline = message_of(cast_[*victim], Type::Decline);
    decline.requested = presence.address;
    decline.server_id = network_.address.address;
    say(decline, cast_[*victim].mac, at);
    presence.has_lease = false;
    presence.address.reset();
    ask_for_address(*victim, at);
}

std::optional<std::size_t> Event::somebody_connected() const {
    const auto found = std::ranges::find_if(presences_, [](const Presence& each) { return each.is_here && each.has_lease; });
    if (found == presences_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - presences_.begin());
}

std::size_t Event::connected() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(presences_, [](const Presence& each) { return each.is_here && each.has_lease; }));
}

bool Event::hears_names(WallTime at) const {
    const auto moment = setting_.timetable.moment(at);
    return !is_on(Trouble::NoNames, setting_.place, moment) && !is_on(Trouble::UplinkOutage, setting_.place, moment);
}

void Event::ban(const std::set<Mac>& banned) {
    banned_ = banned;
    model::Policy policy;
    for (const auto device : banned) policy.devices.push_back({.device = device});
    tell(server_.configure(network_, policy, now(told_until_)), told_until_);  // With the next happenings.
}

}  // namespace vivi::sim::event
