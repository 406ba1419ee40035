// What a person is told about something that is blocked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vivi::openvivi_embedded {

struct BlockedBy {
    std::string rule{};    ///< "domain example.org (deny, everybody)", as everywhere else (docs/policy.md); empty: not known.
    std::string reason{};  ///< What who made the rule wrote beside it; may be empty.
    bool operator==(const BlockedBy&) const = default;
};

}  // namespace vivi::openvivi_embedded
