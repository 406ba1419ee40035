// Is a text UTF-8? Everything behind the parser relies on it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vivi::graphql {

/// RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

}  // namespace vivi::graphql
