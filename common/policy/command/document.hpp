// The file that vivi-policy is given: a profile, a policy alone, or a whole configuration, recognised by its members.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "common/model/profile.hpp"

namespace vivi::policy::command {

enum class Kind : std::uint8_t { Profile, Policy, Configuration };
/// "profile", "policy", "configuration".
std::string_view to_string(Kind kind) noexcept;

struct Document {
    Kind kind = Kind::Policy;
    model::Policy policy{};
    model::Profile profile{};  ///< Of a profile.
    bool is_strict = false;    ///< Of a configuration: model::Dns::strict.
    std::string pointer{};     ///< Where in the file the policy is: "" or "/policy".
};

/// The text of a file ("-": standard input), understood. Every problem with its pointer.
std::expected<Document, model::Problems> read_document(const std::string& file);

/// Prints "FILE: PROBLEM" lines on standard error; gives the exit code.
int print_problems(const std::string& file, const model::Problems& problems);

}  // namespace vivi::policy::command
