// What a unit wrote into the journal, through sd-journal: the last lines, and those that follow.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

struct sd_journal;

namespace vivi::openvivi_embedded {

struct LogLine {
    WallTime at{};
    int priority = 6;  ///< syslog(3): 0 emergency … 7 debug.
    std::uint32_t pid = 0;
    std::string text{};  ///< At most 4 KiB; bytes that are not UTF-8 are replaced when it becomes JSON.
};

nlohmann::json to_json(const LogLine& line);

/// The newest `lines` (at least 1), not older than `since`; what goes beyond `most_bytes` of text is left out from the old end.
struct LogQuestion {
    std::string unit{};  ///< "vivi-dhcpd.service"
    std::size_t lines = 200;
    std::optional<WallTime> since{};
    std::size_t most_bytes = 256 * 1024;
};

/// The system's journal, opened for one unit. Blocks; used by one thread at a time.
class Journal {
public:
    /// Unavailable when it cannot be opened. A user who is not in the group systemd-journal finds nothing in it.
    static Result<std::unique_ptr<Journal>> open(const std::string& unit);
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal();

    /// Whether there is any file of it that this user may read.
    bool is_there() const;
    /// Oldest first; afterwards next() goes on behind them.
    Result<std::vector<LogLine>> last(const LogQuestion& question);
    /// What was written since the last call, at most `lines`; empty when nothing.
    Result<std::vector<LogLine>> next(std::size_t lines);

private:
    explicit Journal(sd_journal* journal) : journal_{journal} {}
    sd_journal* journal_;
};

}  // namespace vivi::openvivi_embedded
