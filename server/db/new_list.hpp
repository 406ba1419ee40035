// A text somebody wants to import, read as a list: its hash, its format, and the report of what can be used of it. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/core/result.hpp"
#include "common/policy/list.hpp"
#include "server/db/lists.hpp"

namespace vivi::db {

/// The most a text may have: what a router takes (common/sync).
inline constexpr std::size_t most_list_bytes = 64 << 20;

/// Without `format` it is guessed. Invalid, with the member in front ("text: not one line is a usable name").
Result<NewList> make_list(std::string name, std::optional<policy::ListFormat> format, std::string text);

}  // namespace vivi::db
