// What is different between two policies, in lines that a person reads before saying yes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/model/policy.hpp"
#include "common/model/profile.hpp"

namespace vivi::model {

enum class ChangeKind : std::uint8_t { Added, Removed, Changed };

struct Change {
    ChangeKind kind = ChangeKind::Changed;
    std::string pointer{};  ///< RFC 6901, into the new document; of what was removed, into the old one.
    std::string text{};     ///< "domain example.org: decision deny, group guests", "mode: block-listed → allow-listed".
    Json before{};              ///< The row or the value of the document; null: there was none.
    Json after{};
    bool operator==(const Change&) const = default;
};

/// "+ /domains/3 domain example.org: decision deny"; "-" removed, "~" changed.
std::string to_string(const Change& change);

/// In the order of the document. The order of rules says nothing (docs/policy.md), so moving one is no change.
std::vector<Change> diff(const Policy& before, const Policy& after);
/// Also of the names and descriptions; pointers of the policy begin with "/policy".
std::vector<Change> diff(const Profile& before, const Profile& after);

}  // namespace vivi::model
