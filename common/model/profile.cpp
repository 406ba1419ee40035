// Profiles are sealed by a checksum, so that a truncated or edited file is not taken for what somebody decided.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/profile.hpp"

#include "common/core/crypto.hpp"
#include "common/model/reading.hpp"

namespace vivi::model {
namespace {

constexpr std::string_view kind = "profile";
constexpr std::int64_t version = 1;
constexpr std::size_t most_description_characters = 2000;

/// nlohmann's objects are sorted and its dump() has no white space: with whole numbers and ASCII keys that is RFC 8785.
std::string checksum_of(const Json& policy) {
    return "sha256:" + crypto::to_hex(crypto::sha256(as_bytes(policy.dump(-1, ' ', false, Json::error_handler_t::replace))));
}

Json portable(const Policy& policy) {
    auto json = to_json(policy);
    json.erase("never_blocked");
    return json;
}

void check_kind(Fields& in) {
    in.parsed<std::string>(
        "vivi", [](const std::string& text) { return text == kind ? std::optional{text} : std::nullopt; }, "must be profile");
    const auto before = in.problem_count();
    const auto found = in.integer("v");
    if (found == version || in.problem_count() != before) return;
    if (found > version)
        in.problem("v", "is " + std::to_string(found) + ", from a newer Vivi; this one reads 1");
    else
        in.problem("v", "must be 1");
}

}  // namespace

Json to_json(const Profile& profile) {
    auto policy = portable(profile.policy);
    auto checksum = checksum_of(policy);
    return {{"vivi", kind},
            {"v", version},
            {"name", profile.name},
            {"description", profile.description},
            {"policy", std::move(policy)},
            {"checksum", std::move(checksum)}};
}

std::expected<Profile, Problems> parse_profile(const Json& json) {
    Problems problems;
    Fields in{json, "", problems};
    if (!json.is_object()) return std::unexpected{std::move(problems)};
    check_kind(in);
    Profile profile{.name = in.parsed<std::string>("name", short_name, short_name_rule),
                    .description = in.text("description", "")};
    if (characters(profile.description) > most_description_characters)
        in.problem("description", "must have at most 2000 characters");
    const auto before = problems.size();
    const auto& policy = in.object("policy");
    if (!in.has("policy")) in.problem("policy", "is missing");
    profile.policy = parse_policy(policy, "/policy", problems);
    if (policy.contains("never_blocked")) in.problem("policy/never_blocked", "belongs to a router, not to a profile");
    const auto checksum = in.text("checksum");
    if (const auto right = checksum_of(policy); !checksum.empty() && checksum != right && problems.size() == before)
        in.problem("checksum", "does not fit: the policy was changed after the profile was saved; it is now " + right);
    in.refuse_unknown();
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return profile;
}

Policy load(const Profile& profile, const Policy& current) {
    auto policy = profile.policy;
    policy.never_blocked = current.never_blocked;
    return policy;
}

}  // namespace vivi::model
