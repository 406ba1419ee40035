// dhcpd's stream of lease events in the state Redis: read into the outbox, trimmed when the hub has them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "common/store/store.hpp"
#include "router/bridged/intake.hpp"

namespace vivi::bridged {

/// The state Redis fsyncs every write and the outbox's does not: an event stays here until the hub has it, so that a power cut
/// that takes the outbox's last second takes no lease event. Where we are is written with the events, in the outbox's script
/// (field `dhcpd_id`), so the two cannot disagree.
class DhcpdEvents {
public:
    DhcpdEvents(const net::any_io_executor& executor, store::Store& state, Outbox& outbox, std::function<void()> leases_changed);

    /// Reads at start, when woken and every second. Ends by cancellation.
    Task<> follow(Intake& intake);
    /// Everything below `sequence` in the outbox is durable at the hub.
    void acknowledged(std::uint64_t sequence);
    /// Trims what was acknowledged. Ends by cancellation.
    Task<> trim();

    Wake& wake() noexcept { return wake_; }

private:
    struct Handed {
        std::uint64_t sequence = 0;  ///< The outbox's when `id` was in it.
        std::string id{};
    };

    Task<bool> read_some(Intake& intake);
    Task<> check_position();

    store::Store& state_;
    Outbox& outbox_;
    std::function<void()> leases_changed_;
    Wake wake_;
    Wake trim_wake_;
    std::string last_id_{};
    std::deque<Handed> handed_;
    std::string trim_to_{};
};

/// The smallest id above `id` ("<ms>-<n>"), for XTRIM MINID.
std::string after_id(const std::string& id);
/// Compares two stream ids.
bool is_below(const std::string& left, const std::string& right);

}  // namespace vivi::bridged
