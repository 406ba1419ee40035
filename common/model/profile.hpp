// A profile: a policy with a name, as a file that goes from one router, organiser or year to the next.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

#include "common/model/fields.hpp"
#include "common/model/policy.hpp"

namespace vivi::model {

/// All that was decided: modes, groups and their devices, bans, rules, schedules, phases, limits, protected devices. Nothing of
/// the router it was saved on: no networks, addresses or leases, and not `never_blocked`, which names that router's dashboard and
/// hub. Imported lists are named by their sha256; their texts travel beside the profile.
struct Profile {
    std::string name{};  ///< 1 to 63 characters.
    std::string description{};
    Policy policy{};  ///< Its `never_blocked` is empty.
    bool operator==(const Profile&) const = default;
};

/// {"vivi":"profile","v":1,"name","description","policy":{…},"checksum":"sha256:<64 hexadecimal digits>"}, keys in the order of
/// the alphabet. The checksum is that of the text of "policy" in the canonical form of RFC 8785: members sorted, no white space.
Json to_json(const Profile& profile);

/// Every problem with its JSON pointer: of the policy, unknown members, another version, and a checksum that does not fit (the
/// file was changed after it was saved; the problem says what the checksum would be).
std::expected<Profile, Problems> parse_profile(const Json& json);

/// What a router that has `current` gets when `profile` is loaded on it: the profile's policy and its own `never_blocked`.
Policy load(const Profile& profile, const Policy& current);

}  // namespace vivi::model
