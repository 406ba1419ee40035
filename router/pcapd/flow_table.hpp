// Who talks to whom: each IP packet on the LAN is put to a device, a direction and a remote name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/policy_event.hpp"
#include "common/model/traffic.hpp"
#include "common/policy/rules.hpp"
#include "router/pcapd/answer_table.hpp"
#include "router/pcapd/bounded_table.hpp"
#include "router/pcapd/denials.hpp"
#include "router/pcapd/inspector.hpp"
#include "router/pcapd/name_table.hpp"
#include "router/pcapd/packet.hpp"
#include "router/pcapd/row_table.hpp"

namespace vivi::pcapd {

/// Which side is ours.
struct Lan {
    std::vector<Mac> router_macs{};  ///< Of the interfaces that are watched; whoever is not one of them is a device.
    std::vector<Ipv4Prefix>
        prefixes{};  ///< Of the networks, with the router's own addresses: what lies inside has no remote name.
    /// One-armed: the router behind us is on the same wire, here is its address. Whatever we forward is seen twice then.
    std::optional<Ipv4> next_hop{};
};

struct FlowLimits {
    std::size_t flows = 65'536;  ///< At the bound the flow that was silent longest is forgotten: its next packet is a new flow's.
    std::size_t names = 32'768;
    std::size_t rows = 32'768;  ///< Of one tick.
    AnswerLimits answers{};
    InspectorLimits inspector{};
    DenialLimits denials{};
    Seconds udp_idle{180};
    Seconds tcp_idle{600};
    Seconds closed_idle{10};  ///< After FIN or RST.
};

/// What the table holds and has done since it was made.
struct FlowCounts {
    std::size_t flows = 0, names = 0, answers = 0;
    std::uint64_t bytes_up = 0, bytes_down = 0;  ///< The sum of all rows ever taken, and of those not taken yet.
    std::uint64_t ignored = 0;  ///< Packets that belong to no device: the router's own broadcasts, the uplink's side of one arm.
    std::uint64_t evicted = 0;  ///< Flows forgotten for want of room.
    std::uint64_t folded = 0, refused_names = 0;  ///< Rows and names for which there was no room.
    InspectorCounts inspector{};
    std::uint64_t denied = 0;  ///< Flows that the policy refused.
};

/// Who a packet is put to, in this order:
/// - from the router's MAC: down for the receiver; to it: up for the sender;
/// - between two devices: up for the sender and down for the receiver, without a name (it is counted on both sides);
/// - to a group address: up for the sender, without a name; the router's own are nobody's and ignored;
/// - one-armed, the next hop's MAC (whoever we send to that is not inside the prefixes) is a router's too, so that what passes
///   between it and us, the masqueraded second copy of a device's packets, is nobody's; before it is known, addresses decide.
///
/// The name: of the flow's ClientHello or HTTP request (sni, quic, http); else what the device was last told by DNS for the
/// remote address when the flow began (dns); else none. Remote addresses inside the LAN have none. The visible name of a
/// ClientHello with encrypted_client_hello counts only if DNS told the device that name lately: it is GREASE then, the provider's
/// name is nothing a browser asks for. When the name comes, what the flow counted in this tick goes to it too.
///
/// The policy decides on the visible name, when it comes and again when the policy changes. An engine: no clock, no I/O.
class FlowTable {
public:
    FlowTable(FlowLimits limits, HashKey key);
    FlowTable(const FlowTable&) = delete;
    FlowTable& operator=(const FlowTable&) = delete;

    void set_lan(Lan lan);
    /// Decides from now on, also about the flows that are there, each at its next packet. Outlives the table or the next call;
    /// null: nothing is denied.
    void set_policy(const policy::Engine* engine) noexcept;
    /// `now` never goes backwards. Allocates nothing.
    void add(const Packet& packet, Instant now);
    /// The rows since the last call; expires what is over.
    std::vector<model::TrafficRow> take(Instant now);
    /// Whether there are flows to take_denied(): to be asked often.
    bool has_denied() const noexcept { return denials_.has_flows(); }
    /// Flows to be cut, each said once, and again every `denied_again` while the device goes on.
    std::vector<model::FlowDenied> take_denied() { return denials_.take_flows(); }
    static constexpr Seconds denied_again{3};
    /// Flows that were denied since the last call, by device, name and rule.
    model::PolicyHits take_hits();
    FlowCounts counts() const noexcept;
    /// One of ours; the next hop of a one-armed router is none of them.
    bool is_router(Mac mac) const noexcept;

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
        Instant denied_at{};     ///< When it was last said.
        std::uint32_t tick = 0;  ///< Ticks count from 1: a fresh flow has no row yet.
        RowTable::Slot row = 0;
        NameId name = no_name;
        NameId visible = no_name;      ///< What the policy decides by; `name` too unless it may be an outer name.
        std::uint32_t decided_by = 0;  ///< Which policy, by its count.
        Inspection inspection{};
        model::NameSource source = model::NameSource::None;
        model::NameSource visible_source = model::NameSource::None;
        bool is_closed = false;
        bool is_denied = false;
    };
    using Flows = BoundedTable<Key, Flow>;

    bool is_local(const Ipv6& address) const noexcept;
    bool is_next_hop(Mac mac) const noexcept;
    void learn_next_hop(const Packet& packet) noexcept;
    bool is_beside_lan(const Packet& packet, bool from_us, bool to_us) const noexcept;
    void learn(const Packet& packet, Instant now);
    void count(Mac device, Direction direction, const Packet& packet, Instant now);
    void count_unnamed(Mac device, Direction direction, std::uint64_t bytes);
    Flows::Slot flow_of(const Key& key, bool opens, Instant now);
    void inspect(Flows::Slot slot, const Packet& packet, Instant now);
    void rename(Flow& flow, Mac device, NameId name, model::NameSource source);
    void enforce(Flows::Slot slot, Instant now);
    void decide(Flows::Slot slot, std::string_view name, model::NameSource source, Instant now);
    void say_denied(Flows::Slot slot, std::string_view name, model::NameSource source, const policy::Verdict& verdict,
                    Instant now);
    policy::Verdict verdict_on(const Key& key, std::string_view name) const noexcept;
    Seconds idle_limit(const Key& key, const Flow& flow) const noexcept;
    void forget(Flows::Slot slot);
    void expire(Instant now);

    FlowLimits limits_;
    Lan lan_;
    NameTable names_;
    AnswerTable answers_;
    RowTable rows_;
    Flows flows_;
    Inspector inspector_;
    Denials denials_;
    const policy::Engine* engine_ = nullptr;
    std::uint32_t policies_ = 0;  ///< How many there were.
    std::array<Mac, 4> next_hops_{};
    std::size_t next_hops_learned_ = 0;
    std::uint32_t tick_ = 1;
    FlowCounts done_;
};

}  // namespace vivi::pcapd
