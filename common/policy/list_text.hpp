// A list's report as people read it in a terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/result.hpp"
#include "common/policy/list.hpp"

namespace vivi::policy {

/// "ads.txt (adguard): 76536 lines", below it the counts and the first `most_shown` lines that could not be used, each with its
/// number and reason. Ends with a line end.
std::string render(const ListReport& report, std::string_view name, ListFormat format, std::size_t most_shown = 20);

/// Reads `text` and renders its report; the format is guessed when none is given, `include` is that of read_list(). Invalid: it
/// cannot be guessed.
Result<std::string> describe_list(std::string_view text, std::string_view name, std::optional<ListFormat> format,
                                  const std::function<std::optional<std::string>(std::string_view)>& include = {});

}  // namespace vivi::policy
