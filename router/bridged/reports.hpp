// Which daemon enforces which revision of the configuration. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vivi::bridged {

/// A revision is in force when everybody who is expected has reported it or a later one.
class Reports {
public:
    explicit Reports(std::vector<std::string> expected) : expected_{expected.begin(), expected.end()} {}

    /// From `text()` of a process before this one: what a daemon reported is not reported again when only the bridge restarts.
    void restore(std::string_view text);
    std::string text() const;

    /// True when this is news. A daemon that goes back (it was given another configuration) is believed.
    bool note(const std::string& by, std::int64_t revision);
    bool all_have(std::int64_t revision) const { return missing(revision).empty(); }
    std::vector<std::string> missing(std::int64_t revision) const;

private:
    std::set<std::string> expected_;
    std::map<std::string, std::int64_t> revisions_;
};

}  // namespace vivi::bridged
