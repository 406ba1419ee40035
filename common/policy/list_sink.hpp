// Where the readers of the list formats put what they find: names are normalised and counted, the rest goes into the report.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/list.hpp"

namespace vivi::policy {

/// Remembers 64-bit hashes of what was seen: 8 to 16 bytes an entry. A wrong "seen" (one in a billion at a million entries) costs
/// a wrong count and nothing else.
class SeenHashes {
public:
    /// True the first time.
    bool add(std::uint64_t hash);

private:
    bool put(std::uint64_t hash) noexcept;

    std::vector<std::uint64_t> slots_{};  ///< 0: free.
    std::size_t count_ = 0;
};

class ListSink {
public:
    explicit ListSink(const std::function<void(const ListEntry&)>& each) : each_{each} {}

    /// The next line; what follows is about it until the next call. `place` ("in include:ads") is added to reasons.
    void begin_line(std::size_t number, std::string_view line, std::string_view place = {}) noexcept;

    /// `raw` as it stands in the list. Not a name: an address is unsupported, everything else invalid.
    void accept(std::string_view raw, Reach reach, std::string_view attribute = {});
    /// The reason is "`reason`" or "`reason`: `detail`".
    void unsupported(std::string_view reason, std::string_view detail = {});
    void invalid(std::string_view reason);

    ListReport& report() noexcept { return report_; }

private:
    void keep_example(std::string_view reason, std::string_view detail);

    const std::function<void(const ListEntry&)>& each_;
    ListReport report_{};
    SeenHashes seen_{};
    std::size_t number_ = 0;
    std::string_view line_{}, place_{};
};

}  // namespace vivi::policy
