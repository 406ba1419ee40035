// Reads the beginning of a flow until it has said whom it visits: TLS, QUIC and HTTP, in however many pieces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "common/core/crypto.hpp"
#include "common/core/time.hpp"
#include "common/model/traffic.hpp"
#include "common/wire/name.hpp"
#include "common/wire/quic_initial.hpp"
#include "router/pcapd/bounded_table.hpp"
#include "router/pcapd/packet.hpp"
#include "router/pcapd/stream_start.hpp"

namespace vivi::pcapd {

/// What a flow says in clear.
struct Visited {
    wire::Name name{};
    model::NameSource source = model::NameSource::Sni;  ///< Sni, Quic or Http.
    /// False: the ClientHello has an encrypted_client_hello (a real one, whose visible name is only the provider's, or GREASE,
    /// RFC 9849 section 6.2: they look the same), or it was larger than what is kept, so that it may have one.
    bool is_certain = true;
};

/// How far the inspection of one flow has come; kept by the flow.
struct Inspection {
    enum class Phase : std::uint8_t {
        Unseen,      ///< Nothing of its stream was seen.
        InOrder,     ///< `next` is known.
        Assembling,  ///< Pieces are kept in the inspector.
        Over
    };
    std::uint32_t next = 0;      ///< TCP: sequence number of the first octet that was not looked at.
    std::uint8_t looked_at = 0;  ///< Payloads.
    Phase phase = Phase::Unseen;
};

struct InspectorLimits {
    std::size_t assemblies = 512;           ///< Of 9 kB each. At the bound the one begun longest ago is given up.
    std::size_t pieces = 1'024;             ///< Of one assembly.
    std::size_t initials_a_second = 1'000;  ///< QUIC packets that are decrypted: some tens of microseconds each on a Pi.
};

struct InspectorCounts {
    std::size_t assembling = 0;
    std::uint64_t given_up = 0;          ///< Beginnings that were not whole when their room was needed or their bound reached.
    std::uint64_t skipped_initials = 0;  ///< Beyond initials_a_second.
};

/// An engine: no clock, no I/O; a packet makes it allocate nothing. `flow` is a small number that belongs to one flow until
/// forget().
class Inspector {
public:
    Inspector(InspectorLimits limits, HashKey key);

    /// One packet from the device, with a payload or a SYN. A name at most once for each flow; then, or when there will be none,
    /// `state.phase` is Over and the flow need not be shown any more.
    std::optional<Visited> inspect(std::uint32_t flow, Inspection& state, const Packet& packet, Instant now);
    /// The flow is over.
    void forget(std::uint32_t flow, const Inspection& state);
    InspectorCounts counts() const noexcept;

private:
    struct Assembly {
        StreamStart stream{};
        std::uint32_t base = 0;  ///< TCP: sequence number of the first octet.
        std::uint32_t pieces = 0;
        wire::quic::Version version{};
        wire::quic::Keys keys{};
    };
    using Assemblies = BoundedTable<std::uint32_t, Assembly>;

    std::optional<Visited> inspect_tcp(std::uint32_t flow, Inspection& state, const Packet& packet);
    std::optional<Visited> look_at(std::uint32_t flow, Inspection& state, std::uint32_t sequence, BytesView payload);
    std::optional<Visited> add_piece(std::uint32_t flow, Inspection& state, std::uint32_t sequence, BytesView payload);
    std::optional<Visited> inspect_quic(std::uint32_t flow, Inspection& state, BytesView datagram, Instant now);
    bool read_initial(std::uint32_t flow, Inspection& state, const wire::quic::Packet& packet);
    std::optional<BytesView> open(const wire::quic::Packet& packet, const Assembly* assembly, wire::quic::Keys& keys);
    Assemblies::Slot begin_assembly(std::uint32_t flow, Inspection& state);
    void end(std::uint32_t flow, Inspection& state);
    bool may_decrypt(Instant now) noexcept;

    InspectorLimits limits_;
    Assemblies assemblies_;
    crypto::Aes128 aes_{};
    std::array<std::byte, 2'048> opened_{};
    Instant second_begins_{};
    std::size_t initials_in_second_ = 0;
    std::uint64_t given_up_ = 0, skipped_initials_ = 0;
};

}  // namespace vivi::pcapd
