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
    struct Stores {
        store::Store& stream;  ///< Where it is.
        store::Store& state;   ///< Where it keeps the one number that must not be lost: how far it was offered.
    };
    /// `boot_id` tells one kernel boot from the next: a new one begins a new epoch, and so does a new start of its Redis, which
    /// may have come back with less.
    Outbox(const net::any_io_executor& executor, Stores stores, std::string boot_id, std::uint64_t most_bytes);

    /// Appends what is new of `records` and writes `also` with it, in one script; how many were new. All or nothing. A body must
    /// fit into a frame (sync::max_entry_body, precondition). On an error nothing is known: append the same again.
    Task<Result<std::size_t>> append(const std::vector<Record>& records, const StateFields& also = {});

    /// Entries from `first` on, oldest first, at most `count`.
    Task<Result<std::vector<sync::Entry>>> read(std::uint64_t first, std::size_t count);

    /// Forgets everything below `first`: the hub has it.
    Task<Status> trim(std::uint64_t first);

    /// Before anything up to `last` goes to a hub: from then on it is neither merged nor dropped, whatever happens to us.
    Task<Status> offer_up_to(std::uint64_t last);
    std::uint64_t offered() const noexcept { return offered_; }
    /// Puts `instead` at the end for the entries `gone`, in one script. Conflict when one of them may have been offered.
    Task<Status> replace(const std::vector<sync::Entry>& gone, const std::vector<Record>& instead);

    /// What is held of each epoch, for the hello.
    Task<Result<std::vector<sync::StoredRange>>> stored();
    /// What of each epoch a hub has acknowledged, for the hello.
    std::vector<sync::StoredRange> acknowledged() const;
    /// Of the entry that was written last.
    sync::Cursor last() const { return {.epoch = epochs_.of(sequence_).value_or(epoch_), .sequence = sequence_}; }

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
    std::uint64_t most_bytes() const noexcept { return most_bytes_; }
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
    Task<> load_offered();
    Task<Status> begin_epoch(std::uint64_t sequence, const std::vector<std::pair<std::string, std::string>>& fields);
    Task<Result<std::size_t>> append_in_turn(const std::vector<Record>& records, const StateFields& also);
    Task<Status> replace_in_turn(const std::vector<sync::Entry>& gone, const std::vector<Record>& instead);
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    /// The script's arguments up to where the lists begin.
    std::vector<std::string> write_command() const;

    store::Store& stream_;
    store::Store& state_;
    const std::string boot_id_;
    const std::uint64_t most_bytes_;
    Wake grew_;
    Token turn_;  // Holds one token while nobody writes: appends wait for each other.
    bool is_open_ = false;
    sync::Epoch epoch_{};
    Epochs epochs_{};
    std::uint64_t sequence_ = 0;
    std::uint64_t acknowledged_ = 0;  // Everything up to it is at a hub and out of here.
    std::uint64_t offered_ = 0;
    bool is_offered_known_ = false;
    std::string run_id_{};
    std::uint64_t bytes_ = 0;
    std::uint64_t entries_ = 0;
    Ledger ledger_{};
    std::map<std::string, std::string> fields_;
};

/// A random one.
sync::Epoch new_epoch();

}  // namespace vivi::bridged
