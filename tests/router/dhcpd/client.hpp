// A network, its clock and the devices that join it, in the words of the engine's tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "common/core/net.hpp"
#include "router/dhcpd/engine.hpp"

namespace vivi::dhcpd::test {

using wire::dhcp::Message;
using wire::dhcp::Type;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}}, tablet{{0x02, 0, 0, 0, 0, 0x03}};
constexpr Ipv4 gateway{0x0a420001};

constexpr Ipv4 host(std::uint32_t number) { return {0x0a420000 + number}; }
constexpr Mac device(std::uint32_t number) {
    return {{0x02, 0x10, 0, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
             static_cast<std::uint8_t>(number)}};
}

inline model::Network lan(std::uint32_t from, std::uint32_t to, Seconds lease = 60s,
                          std::vector<model::Reservation> reservations = {}) {
    return {.name = "lan",
            .interface = "br-lan",
            .address = {gateway, 24},
            .dhcp = model::Dhcp{.from = host(from), .to = host(to), .lease = lease, .reservations = std::move(reservations)}};
}
/// A pool of one address makes every leak visible.
inline model::Network one_address(Seconds lease = 60s) { return lan(100, 100, lease); }

constexpr Tuning no_probe{.probe = 0ms};

/// A server, and time that stands still unless it is told to go on.
struct Lan {
    explicit Lan(const model::Network& network, const Tuning& tuning = no_probe, const model::Policy& policy = {})
        : engine{network, policy, tuning} {}

    Engine engine;
    Instant at{};
    WallTime wall{Milliseconds{1'800'000'000'000}};
    Outcome last{};  ///< Of the last message or wait.

    Now now() const { return {.steady = at, .wall = wall}; }
    Outcome& wait(Milliseconds duration) {
        at += duration;
        wall += duration;
        return last = engine.tick(now());
    }
    /// What the server answers at once; nothing when it is silent.
    std::optional<Message> send(const Message& message) { return send(message, message.chaddr); }
    std::optional<Message> send(const Message& message, Mac from) {
        last = engine.handle(message, from, now());
        if (last.replies.empty()) return std::nullopt;
        return last.replies.back().message;
    }
    std::optional<Ipv4> discover(Mac mac, Bytes client_id = {}) {
        const auto offer = send({.type = Type::Discover, .chaddr = mac, .client_id = std::move(client_id)});
        return offer ? std::optional{offer->yiaddr} : std::nullopt;
    }
    /// As a client that was offered `address`.
    std::optional<Message> select(Mac mac, Ipv4 address, Bytes client_id = {}) {
        return send({.type = Type::Request,
                     .chaddr = mac,
                     .requested = address,
                     .server_id = gateway,
                     .client_id = std::move(client_id)});
    }
    /// As a client that had `address` before it was switched off.
    std::optional<Message> reboot(Mac mac, Ipv4 address) {
        return send({.type = Type::Request, .chaddr = mac, .requested = address});
    }
    std::optional<Message> renew(Mac mac, Ipv4 address) {
        return send({.type = Type::Request, .ciaddr = address, .chaddr = mac});
    }
    void release(Mac mac, Ipv4 address, Bytes client_id = {}) {
        send({.type = Type::Release, .ciaddr = address, .chaddr = mac, .server_id = gateway, .client_id = std::move(client_id)});
    }
    void decline(Mac mac, Ipv4 address) {
        send({.type = Type::Decline, .chaddr = mac, .requested = address, .server_id = gateway});
    }

    /// Does what a device does when it joins: DISCOVER, OFFER, REQUEST, ACK (RFC 2131 section 3.1).
    std::optional<Ipv4> join(Mac mac, const Bytes& client_id = {}) {
        const auto offered = discover(mac, client_id);
        if (!offered) return std::nullopt;
        const auto answer = select(mac, *offered, client_id);
        if (!answer || answer->type != Type::Ack) return std::nullopt;
        return answer->yiaddr;
    }
    std::vector<std::string> topics() const {
        std::vector<std::string> names;
        for (const auto& change : last.changes) names.emplace_back(change.topic);
        for (const auto& alarm : last.alarms) names.emplace_back(alarm.topic);
        return names;
    }
};

inline Bytes id(std::string_view text) {
    const auto bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

}  // namespace vivi::dhcpd::test

namespace vivi {
inline void PrintTo(Ipv4 address, std::ostream* out) { *out << to_string(address); }
}  // namespace vivi
