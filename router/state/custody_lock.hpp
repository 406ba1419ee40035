// Nobody works with what belongs to a custody while it is wiped: one lock file, shared by those who work, exclusive for the
// wiping. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/runtime/task.hpp"

namespace vivi::state {

/// The kernel lets go of it when the process ends, however that happens.
class CustodyLock {
public:
    enum class Kind : std::uint8_t { Working, Wiping };

    /// `wish_file` is return.file; the lock is the file beside it with `.lock`. Working: waits until there is no wish, then
    /// shares the lock; where the file cannot be opened there is nothing to share. Wiping: waits at most `most` for the others.
    static Task<CustodyLock> take(std::string wish_file, Kind kind, Milliseconds most = Milliseconds{10'000});

    CustodyLock(CustodyLock&& other) noexcept;
    CustodyLock& operator=(CustodyLock&&) = delete;
    ~CustodyLock();
    bool is_held() const noexcept { return is_held_; }

private:
    CustodyLock(int number, bool is_held) noexcept : number_{number}, is_held_{is_held} {}
    int number_;
    bool is_held_;
};

/// Completes when the router is to be returned: whoever works with what belongs to the custody ends then, and begins anew. An
/// empty name: never. Looked at every second.
Task<> until_returned(std::string wish_file);

/// `work` until the router is to be returned, or this process is asked to stop; what `work` throws by itself goes on. The caller
/// is then cancelled no more: it may still say farewell, with an end of its own.
Task<> work_until_asked_to_stop(Task<> work, std::string wish_file);

}  // namespace vivi::state
