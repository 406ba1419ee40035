// Which message means what: RFC 2131 section 4.3, client by client state.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "router/dhcpd/engine.hpp"
#include "router/dhcpd/reply.hpp"

namespace vivi::dhcpd {
namespace {

namespace topic = model::topic;
using wire::dhcp::Message;
using wire::dhcp::Type;
using State = Binding::State;

constexpr Seconds between_rogue_alarms{60};
constexpr std::size_t most_rogues = 64;

}  // namespace

Outcome Engine::handle(const Message& message, Mac from, Now now) {
    auto out = tick(now);
    if (wire::dhcp::is_reply(message.type)) {
        other_server(message, from, now, out);
        return out;
    }
    // A frame that speaks for another device is how pools are emptied. Relays have no place on a LAN that we are the root of.
    if (message.chaddr != from || message.chaddr.is_group() || message.chaddr == Mac{} || message.giaddr != Ipv4{}) {
        ++counters_.ignored;
        return out;
    }
    // Silence, not NAK: a NAK would make it ask again at once. What it has leased stays its until the end and so goes to nobody else.
    if (is_denied(message.chaddr, now.wall)) {
        ++counters_.banned;
        return out;
    }
    switch (message.type) {
        case Type::Discover:
            ++counters_.discovers;
            discover(message, now, out);
            break;
        case Type::Request: request(message, now, out); break;
        case Type::Decline: decline(message, now, out); break;
        case Type::Release: give_back(message, now, out); break;
        case Type::Inform: inform(message, out); break;
        case Type::Offer:
        case Type::Ack:
        case Type::Nak: break;
    }
    return out;
}

/// RFC 2131 table 4 tells the states apart by what is filled in:
///
///     INIT-REBOOT   option 50, no 54, ciaddr 0
///     SELECTING     option 50 and 54, ciaddr 0
///     RENEWING      ciaddr, no 50, no 54; sent to us
///     REBINDING     the same; sent to everybody
void Engine::request(const Message& message, Now now, Outcome& out) {
    ++counters_.requests;
    if (message.server_id) return request_selecting(message, now, out);
    if (message.ciaddr != Ipv4{}) return request_extension(message, now, out);
    if (message.requested) return request_after_reboot(message, now, out);
    ++counters_.ignored;
}

void Engine::request_selecting(const Message& message, Now now, Outcome& out) {
    const auto client = client_key(message.chaddr, message.client_id);
    if (*message.server_id != network_.address.address) {
        // It took another server's offer (RFC 2131 section 3.1 step 4): ours is free again.
        if (auto* held = pool_.of(client); held != nullptr && held->state == State::Offered) pool_.release(*held);
        ++counters_.ignored;
        return;
    }
    if (!message.requested) {
        ++counters_.ignored;
        return;
    }
    if (pool_.is_open(message.chaddr, client, *message.requested)) return grant(message, *message.requested, now, out);
    refuse(message, "address not available", out);
}

void Engine::request_after_reboot(const Message& message, Now now, Outcome& out) {
    const auto client = client_key(message.chaddr, message.client_id);
    const auto address = *message.requested;
    if (!network_.address.contains(address)) return refuse(message, "wrong network", out);
    const auto* known = pool_.of(client);
    if (known == nullptr) {
        ++counters_.ignored;  // RFC 2131 section 4.3.2: a server that has no record MUST remain silent.
        return;
    }
    if (known->address == address && pool_.is_open(message.chaddr, client, address)) return grant(message, address, now, out);
    refuse(message, "not your address", out);
}

void Engine::request_extension(const Message& message, Now now, Outcome& out) {
    const auto client = client_key(message.chaddr, message.client_id);
    const auto address = message.ciaddr;
    if (pool_.is_open(message.chaddr, client, address)) return grant(message, address, now, out);
    if (has_leased(client, address)) end_lease(*pool_.at(address), topic::lease_released, now, out);
    refuse(message, "address no longer available", out);
}

void Engine::refuse(const Message& message, std::string reason, Outcome& out) {
    out.replies.push_back(answer_nak(message, network_, std::move(reason)));
    ++counters_.naks;
}

/// RFC 2131 section 4.3.3. It must name us and the address (table 5), and have it.
void Engine::decline(const Message& message, Now now, Outcome& out) {
    ++counters_.declines;
    const auto client = client_key(message.chaddr, message.client_id);
    auto* binding = message.requested ? pool_.at(*message.requested) : nullptr;
    const bool has_it = binding != nullptr && binding->client == client &&
                        (binding->state == State::Leased || binding->state == State::Offered);
    if (message.server_id != network_.address.address || !has_it) {
        ++counters_.ignored;
        return;
    }
    ++counters_.conflicts;
    if (binding->state == State::Leased) end_lease(*binding, topic::lease_declined, now, out);
    out.alarms.push_back({.topic = topic::dhcp_conflict, .address = *message.requested, .device = message.chaddr});
    pool_.quarantine(*message.requested, now.steady + tuning_.quarantine);
}

/// RFC 2131 section 4.3.4. Never answered.
void Engine::give_back(const Message& message, Now now, Outcome& out) {
    ++counters_.releases;
    const auto client = client_key(message.chaddr, message.client_id);
    const bool is_ours = !message.server_id || *message.server_id == network_.address.address;
    if (is_ours && has_leased(client, message.ciaddr)) {
        end_lease(*pool_.at(message.ciaddr), topic::lease_released, now, out);
        watch_level(out);
    } else {
        ++counters_.ignored;
    }
}

/// RFC 2131 section 4.3.5: no lease is looked up or made.
void Engine::inform(const Message& message, Outcome& out) {
    ++counters_.informs;
    if (message.ciaddr == Ipv4{} || !network_.address.contains(message.ciaddr)) {
        ++counters_.ignored;
        return;
    }
    const auto* fixed = pool_.reservation(message.chaddr);
    out.replies.push_back(answer_inform(message, network_, fixed == nullptr ? "" : fixed->hostname));
    ++counters_.acks;
}

/// Our own answers are not heard here: whoever offers addresses on this network besides us misleads its devices.
void Engine::other_server(const Message& message, Mac from, Now now, Outcome& out) {
    ++counters_.rogues;
    const auto server = message.server_id.value_or(Ipv4{});
    const auto told = rogues_.find(server);
    if (told != rogues_.end() && now.steady - told->second < between_rogue_alarms) return;
    if (rogues_.size() >= most_rogues) rogues_.clear();
    rogues_.insert_or_assign(server, now.steady);
    out.alarms.push_back({.topic = topic::dhcp_rogue, .address = server, .device = from});
}

}  // namespace vivi::dhcpd
