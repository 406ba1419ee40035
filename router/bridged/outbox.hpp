// The outbox: every event, in order, until the hub has it durably; a Redis stream written by one script (docs/protocol.md section
// 2). SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/experimental/channel.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"
#include "common/store/store.hpp"
#include "common/sync/messages.hpp"
#include "router/bridged/epochs.hpp"
#include "router/bridged/ledger.hpp"
#include "router/bridged/record.hpp"
#include "router/bridged/wake.hpp"

namespace vivi::bridged {

/// One loop. Everything it knows is in Redis too; what is in memory is given up and read again after any doubt (a timeout, a
/// restart of Redis, somebody else's write), so an append is done exactly once even when its answer was lost.
class Outbox {
public:
    /// `stream` is the instance `stream`. `boot_id` tells one kernel boot from the next: a new one begins a new epoch.
    Outbox(const net::any_io_executor& executor, store::Store& stream, std::string boot_id, std::uint64_t most_bytes);

    /// Appends what is new of `records` and writes `also` with it, in one script; how many were new. All or nothing. A body must
    /// fit into a frame (sync::max_entry_body, precondition). On an error nothing is known: append the same again.
    Task<Result<std::size_t>> append(const std::vector<Record>& records, const StateFields& also = {});

    /// Entries from `first` on, oldest first, at most `count`.
    Task<Result<std::vector<sync::Entry>>> read(std::uint64_t first, std::size_t count);

    /// Forgets everything below `first`: the hub has it.
    Task<Status> trim(std::uint64_t first);

    /// What is held of each epoch, for the hello.
    Task<Result<std::vector<sync::StoredRange>>> stored();

    /// A field that append() wrote in `also`, by this process or one before it; empty when there is none.
    std::string field(const std::string& name) const;

    /// Begins a new epoch although the store lives: the hub has sequences of this one that we do not have.
    Task<Status> renew();

    /// Reads the state (and begins an epoch if one is due) unless it is known.
    Task<Status> open();
    /// Asks Redis how much memory the stream takes; the estimate between two answers counts appends only.
    Task<> measure();

    /// Gaps that are due to be reported, and remembered as reported with the next append.
    std::vector<Gap> take_gaps(Instant now) { return ledger_.take_gaps(now, gap_patience); }

    bool is_open() const noexcept { return is_open_; }
    bool is_full() const noexcept { return bytes_ >= most_bytes_; }
    std::uint64_t bytes() const noexcept { return bytes_; }
    std::uint64_t entries() const noexcept { return entries_; }
    std::uint64_t sequence() const noexcept { return sequence_; }
    /// Under which new entries are written. Before the first open() a provisional one under which nothing is ever written.
    const sync::Epoch& epoch() const noexcept { return epoch_; }
    /// Notified by every append and every new epoch; the sync link waits here.
    Wake& grew() noexcept { return grew_; }

    static constexpr Milliseconds gap_patience{5000};

private:
    using Token = net::experimental::channel<void(boost::system::error_code)>;
    class Turn;

    Task<Status> load();
    Task<Status> begin_epoch(std::uint64_t sequence, const std::vector<std::pair<std::string, std::string>>& fields);
    Task<Result<std::size_t>> append_in_turn(const std::vector<Record>& records, const StateFields& also);

    store::Store& stream_;
    const std::string boot_id_;
    const std::uint64_t most_bytes_;
    Wake grew_;
    Token turn_;  // Holds one token while nobody writes: appends wait for each other.
    bool is_open_ = false;
    sync::Epoch epoch_{};
    Epochs epochs_{};
    std::uint64_t sequence_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t entries_ = 0;
    Ledger ledger_{};
    std::map<std::string, std::string> fields_;
};

/// A random one.
sync::Epoch new_epoch();

}  // namespace vivi::bridged
