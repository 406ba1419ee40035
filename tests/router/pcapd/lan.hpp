// A LAN around a flow table: devices that ask, browse and talk to each other, in the words of the tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "router/pcapd/flow_table.hpp"
#include "router/pcapd/packet.hpp"
#include "tests/common/wire/bytes_of.hpp"
#include "tests/common/wire/dns_messages.hpp"
#include "tests/common/wire/hellos.hpp"
#include "tests/router/pcapd/packets.hpp"

namespace vivi::pcapd::test {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.
using model::NameSource;

inline constexpr Mac router{{0x02, 0, 0, 0, 0, 0xff}}, phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};
inline constexpr Mac everybody{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
inline constexpr std::string_view router_address = "10.66.0.1", phone_address = "10.66.0.50", laptop_address = "10.66.0.51";
inline constexpr std::string_view web_address = "192.0.2.80";

/// 10.66.0.0/22 behind `router`; the table under test; the time.
struct LanWithTable {
    explicit LanWithTable(FlowLimits limits = {}) : table{limits, HashKey{1, 2}} {
        table.set_lan({.router_macs = {router}, .prefixes = {*parse_ipv4_prefix("10.66.0.1/22")}});
    }

    /// Gives the frame to the table; the bytes that count.
    std::uint64_t sees(const FrameOf& what) {
        const auto bytes = frame(what);
        const auto packet = dissect(bytes, bytes.size());
        EXPECT_TRUE(packet) << "the frame was meant to be valid";
        if (!packet) return 0;
        table.add(*packet, now);
        return packet->bytes;
    }
    std::uint64_t up(Mac device, std::string_view address, std::string_view remote, std::uint16_t port = 50'000,
                     Bytes payload = Bytes(100), std::uint8_t tcp_flags = 0x10) {
        return sees({.from = device,
                     .to = router,
                     .source = address,
                     .destination = remote,
                     .protocol = 6,
                     .source_port = port,
                     .destination_port = 443,
                     .tcp_flags = tcp_flags,
                     .payload = std::move(payload)});
    }
    std::uint64_t down(Mac device, std::string_view address, std::string_view remote, std::uint16_t port = 50'000,
                       Bytes payload = Bytes(1'000)) {
        return sees({.from = router,
                     .to = device,
                     .source = remote,
                     .destination = address,
                     .protocol = 6,
                     .source_port = 443,
                     .destination_port = port,
                     .payload = std::move(payload)});
    }
    /// A TCP segment of the device's stream; a SYN (0x02) has the number before the stream's first octet.
    std::uint64_t segment(Mac device, std::string_view address, std::string_view remote, std::uint32_t sequence, Bytes payload,
                          std::uint8_t tcp_flags = 0x10) {
        return sees({.from = device,
                     .to = router,
                     .source = address,
                     .destination = remote,
                     .protocol = 6,
                     .source_port = 50'000,
                     .destination_port = 443,
                     .sequence = sequence,
                     .tcp_flags = tcp_flags,
                     .payload = std::move(payload)});
    }
    std::uint64_t datagram(Mac device, std::string_view address, std::string_view remote, Bytes payload,
                           std::uint16_t port = 50'000) {
        return sees({.from = device,
                     .to = router,
                     .source = address,
                     .destination = remote,
                     .source_port = port,
                     .destination_port = 443,
                     .payload = std::move(payload)});
    }
    /// The router's resolver tells `device` that `name` is at `remote`.
    std::uint64_t answer(Mac device, std::string_view address, std::string_view name, std::string_view remote,
                         std::uint32_t ttl = 60) {
        return sees({.from = router,
                     .to = device,
                     .source = router_address,
                     .destination = address,
                     .source_port = 53,
                     .destination_port = 40'000,
                     .payload = dns_response(name, {a(question_pointer(), remote, ttl)})});
    }

    /// The row of (device, name) in the current tick, which ends with this.
    std::vector<model::TrafficRow> rows() { return table.take(now); }

    /// The table decides by `policy` from now on.
    void decide_by(const model::Policy& policy, std::int64_t revision = 1) {
        auto compiled = std::make_unique<Compiled>(policy, revision);
        table.set_policy(&compiled->engine);
        in_force = std::move(compiled);
    }

    struct Compiled {
        Compiled(const model::Policy& policy, std::int64_t revision)
            : image{policy::compile(policy, revision)}, engine{*policy::Engine::open(image, {})} {}
        Bytes image;
        policy::Engine engine;
    };
    FlowTable table;
    std::unique_ptr<Compiled> in_force{};
    Instant now{};
};

inline const model::TrafficRow* find(const std::vector<model::TrafficRow>& rows, Mac device, std::string_view name) {
    for (const auto& row : rows) {
        if (row.device == device && row.name == name) return &row;
    }
    return nullptr;
}

inline std::uint64_t bytes_in(const std::vector<model::TrafficRow>& rows) {
    return std::accumulate(rows.begin(), rows.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& row) { return sum + row.bytes_up + row.bytes_down; });
}

}  // namespace vivi::pcapd::test
