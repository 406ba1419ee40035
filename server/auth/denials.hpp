// Refusals on their way into the audit log: the same one is written once a minute at most, so that a flood fills no disk.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/audit.hpp"

namespace vivi::auth {

/// Time is passed in. One loop.
class Denials {
public:
    static constexpr Seconds window{60};
    static constexpr std::size_t most_kinds = 500;  ///< Of (user, what) in a window; what comes above is counted in one row.

    /// Somebody was refused something.
    void note(const db::Denial& denial, Instant now);
    /// What is to be written now: what was noted first, and how often the rest was, once its minute is over.
    std::vector<db::Denial> take_due(Instant now);

    std::uint64_t noted() const noexcept { return noted_; }

private:
    struct Entry {
        db::Denial denial{};
        Instant began{};
        std::uint64_t repeated = 0;
    };
    std::map<std::pair<std::string, std::string>, Entry> entries_;  ///< By user and what.
    std::vector<db::Denial> fresh_;
    std::uint64_t noted_ = 0;
    Entry overflow_{};  ///< Whose user is "" and what is "many".
};

/// Writes what is due, once a second, until cancelled. The database being away costs those of that second, and a log line.
Task<> record(Denials& denials, db::Pool& pool);

}  // namespace vivi::auth
