// Keeps the outbox within its bounds while no hub takes anything: merges traffic, at the bound drops the least of it, and says
// what. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "router/bridged/outbox.hpp"
#include "router/bridged/own_events.hpp"
#include "router/bridged/thinning.hpp"
#include "router/bridged/time_source.hpp"

namespace vivi::bridged {

/// Looks each second; works on a thread of its own, a megabyte at a time.
///
///     filled by        | does
///     70 % of bytes    | merges the oldest traffic into 5 minutes, then hours, then hours without names
///     90 % of bytes    | drops the oldest traffic, then hits, then whatever is oldest, down to 85 %
///     most_age         | drops what is older, when the clock is synchronised
///
/// What a hub may have already (Outbox::offered) is left alone.
class OutboxKeeper {
public:
    struct Bounds {
        Seconds most_age{7 * 86'400};
    };
    OutboxKeeper(Outbox& outbox, OwnEvents& own, const TimeSource& time, Bounds bounds)
        : outbox_{outbox}, own_{own}, time_{time}, bounds_{bounds} {}

    /// Ends by cancellation. `made_room` is called after each step that freed something.
    Task<> run(std::function<void()> made_room);

    std::uint64_t merged() const noexcept { return merged_; }
    /// Entries by topic, since the start of this process.
    const std::map<std::string, std::uint64_t>& dropped() const noexcept { return dropped_; }

private:
    Task<> merge();
    Task<> shed();
    Task<> expire();
    Task<Result<std::vector<sync::Entry>>> next_entries();
    Task<Status> put(Dropped dropped);
    bool is_above(int percent) const noexcept {
        return outbox_.bytes() * 100 >= outbox_.most_bytes() * static_cast<unsigned>(percent);
    }
    Record record_of(Body body);

    Outbox& outbox_;
    OwnEvents& own_;
    const TimeSource& time_;
    Bounds bounds_;
    net::thread_pool worker_{1};
    Grain grain_ = Grain::FiveMinutes;
    std::uint64_t at_ = 0;           // The first sequence of the next look.
    std::uint64_t merged_from_ = 0;  // What lies before was merged as far as it goes; looked at again now and then.
    Instant merge_all_at_{};
    std::size_t entry_bytes_ = 64 << 10;  // Of the entries read last.
    std::uint64_t merged_ = 0;
    std::map<std::string, std::uint64_t> dropped_;
    Instant look_for_old_at_{};
};

}  // namespace vivi::bridged
