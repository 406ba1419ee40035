// From the bus into the outbox: nothing is acknowledged before the outbox has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "common/bus/bus.hpp"
#include "router/bridged/outbox.hpp"
#include "router/bridged/own_events.hpp"

namespace vivi::bridged {

/// What the intake could not keep; shown in the health document.
struct Refused {
    std::uint64_t malformed = 0;  ///< No producer in it: nobody could tell it from a copy.
    std::uint64_t oversized = 0;  ///< Larger than a frame of vivi-sync; reported as a gap.
};

/// Three loops around one outbox: the bus, the bridge's own events, and the gaps.
///
///     hears                       | does
///     dhcp.lease.*                | wakes the reader of dhcpd's stream, where the event itself is (dhcpd_events.hpp)
///     config.applied, .failed     | tells `reported`, then as the rest
///     the rest                    | appends; a full outbox stops the bus, which then buffers and at its bound refuses
class Intake {
public:
    /// A daemon's report on a revision; gives the state fields to write with it.
    using Reported = std::function<StateFields(const bus::Message& report)>;

    Intake(const net::any_io_executor& executor, Outbox& outbox, OwnEvents& own, Wake& lease_events, Reported reported);

    Task<> hear(bus::Subscriber& bus);
    Task<> flush_own_events();
    Task<> report_gaps();

    /// Appends, however long that takes; ends by cancellation. Also for dhcpd's stream. `may_exceed`: even when the outbox is
    /// full.
    enum class Bound : std::uint8_t { Keep, Exceed };
    Task<std::size_t> append(const std::vector<Record>& records, const StateFields& also, Bound bound);

    /// There is room again.
    void wake() { room_.cancel(); }

    const Refused& refused() const noexcept { return refused_; }
    std::uint64_t gaps() const noexcept { return gaps_; }
    bool is_stopped() const noexcept { return is_stopped_; }

private:
    std::optional<Record> to_record(bus::Message message);

    Outbox& outbox_;
    OwnEvents& own_;
    Wake& lease_events_;
    Reported reported_;
    net::steady_timer room_;
    Refused refused_{};
    std::uint64_t gaps_ = 0;
    bool is_stopped_ = false;
};

}  // namespace vivi::bridged
