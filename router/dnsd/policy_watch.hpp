// The compiled policy, followed: mapped anew as soon as its files were replaced, off the query loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/runtime/signal.hpp"
#include "common/runtime/task.hpp"
#include "router/state/policy_files.hpp"

namespace vivi::dnsd {

using MappedPolicy = std::shared_ptr<const state::MappedPolicy>;

/// Hears of replacements by inotify(7) in some microseconds, and looks every second in case the folder was not there when it
/// started or was made anew. A file that is damaged is logged once and the policy before it stays in force.
class PolicyWatch {
public:
    struct Handlers {
        std::function<void(MappedPolicy)> swapped;  ///< Each policy that was mapped.
        std::function<void()> refused;              ///< problem() is another one.
    };
    PolicyWatch(const net::any_io_executor& executor, state::PolicyFolder folder, Handlers handlers);

    /// Maps what is there now. Blocks shortly: for before the first query.
    void look_now();
    /// Look again now: somebody said that something changed.
    void wake();
    /// Ends by cancellation.
    Task<> run();

    /// Nothing before the first one.
    const MappedPolicy& current() const noexcept { return current_; }
    /// Why the files that are there are not in force; empty when they are.
    const std::string& problem() const noexcept { return problem_; }
    /// There are files, and they are not in force because they cannot be read.
    bool is_damaged() const noexcept { return is_damaged_; }
    std::uint64_t swaps() const noexcept { return swaps_; }

private:
    void watch_folder();
    Task<> hear();
    Task<> look();
    void take(Result<MappedPolicy> opened);

    state::PolicyFolder folder_;
    Handlers handlers_;
    net::posix::stream_descriptor notifications_;
    net::thread_pool worker_{1};
    Signal woken_;
    bool is_wanted_ = true;
    MappedPolicy current_{};
    std::string problem_{};
    bool is_damaged_ = false;
    std::uint64_t swaps_ = 0;
};

}  // namespace vivi::dnsd
