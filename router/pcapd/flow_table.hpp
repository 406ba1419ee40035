// Who talks to whom: each IP packet on the LAN is put to a device, a direction and a remote name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/traffic.hpp"
#include "router/pcapd/answer_table.hpp"
#include "router/pcapd/bounded_table.hpp"
#include "router/pcapd/name_table.hpp"
#include "router/pcapd/packet.hpp"
#include "router/pcapd/row_table.hpp"

namespace vivi::pcapd {

/// Which side is ours.
struct Lan {
    std::vector<Mac> router_macs{};  ///< Of the interfaces that are watched; whoever is not one of them is a device.
    std::vector<Ipv4Prefix>
        prefixes{};  ///< Of the networks, with the router's own addresses: what lies inside has no remote name.
};

struct FlowLimits {
    std::size_t flows = 65'536;  ///< At the bound the flow that was silent longest is forgotten: its next packet is a new flow's.
    std::size_t names = 32'768;
    std::size_t rows = 32'768;  ///< Of one tick.
    AnswerLimits answers{};
    Seconds udp_idle{180};
    Seconds tcp_idle{600};
    Seconds closed_idle{10};  ///< After FIN or RST.
};

/// What the table holds and has done since it was made.
struct FlowCounts {
    std::size_t flows = 0, names = 0, answers = 0;
    std::uint64_t bytes_up = 0, bytes_down = 0;   ///< The sum of all rows ever taken, and of those not taken yet.
    std::uint64_t ignored = 0;                    ///< Packets that belong to no device: the router's own broadcasts.
    std::uint64_t evicted = 0;                    ///< Flows forgotten for want of room.
    std::uint64_t folded = 0, refused_names = 0;  ///< Rows and names for which there was no room.
};

/// Rules, in this order:
/// - from the router's MAC: down for the receiver; to it: up for the sender;
/// - between two devices: up for the sender and down for the receiver, without a name (it is counted on both sides);
/// - to a group address: up for the sender, without a name; the router's own are nobody's and ignored;
/// - the name: of the flow's TLS ClientHello (sni; not when it has ECH or is not whole); else what the device was last told by
/// DNS
///   for the remote address when the flow began (dns); else none. Remote addresses inside the LAN have none.
/// When the ClientHello comes, what the flow counted in this tick goes to its name too. An engine: no clock, no I/O.
class FlowTable {
public:
    FlowTable(FlowLimits limits, HashKey key);
    FlowTable(const FlowTable&) = delete;
    FlowTable& operator=(const FlowTable&) = delete;

    void set_lan(Lan lan) { lan_ = std::move(lan); }
    /// `now` never goes backwards. Allocates nothing.
    void add(const Packet& packet, Instant now);
    /// The rows since the last call; expires what is over.
    std::vector<model::TrafficRow> take(Instant now);
    FlowCounts counts() const noexcept;

private:
    struct Key {
        std::array<std::uint8_t, 6> device;
        std::uint8_t protocol;
        std::uint8_t unused;
        std::array<std::uint8_t, 16> local, remote;
        std::uint16_t local_port, remote_port;
        bool operator==(const Key&) const = default;
    };
    struct Flow {
        Instant last{};
        Counters in_tick{};      ///< What it added to `row` in tick `tick`.
        std::uint64_t tick = 0;  ///< Ticks count from 1: a fresh flow has no row yet.
        RowTable::Slot row = 0;
        NameId name = no_name;
        model::NameSource source = model::NameSource::None;
        std::uint8_t inspected = 0;  ///< Payloads of the device looked at for a ClientHello.
        bool is_closed = false;
    };
    using Flows = BoundedTable<Key, Flow>;

    bool is_router(Mac mac) const noexcept;
    bool is_local(const Ipv6& address) const noexcept;
    void learn(const Packet& packet, Instant now);
    void count(Mac device, Direction direction, const Packet& packet, Instant now);
    void count_unnamed(Mac device, Direction direction, std::uint64_t bytes);
    Flows::Slot flow_of(const Key& key, bool opens, Instant now);
    void inspect(Flow& flow, Mac device, BytesView payload);
    void rename(Flow& flow, Mac device, const wire::Name& name);
    Seconds idle_limit(const Key& key, const Flow& flow) const noexcept;
    void forget(Flows::Slot slot);
    void expire(Instant now);

    FlowLimits limits_;
    Lan lan_;
    NameTable names_;
    AnswerTable answers_;
    RowTable rows_;
    Flows flows_;
    std::uint64_t tick_ = 1;
    FlowCounts done_;
};

}  // namespace vivi::pcapd
