// docs/policy.schema.json, inside the program.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vivi::policy::command {

/// The file as it was when the program was built (schema_text.cpp.in).
std::string_view schema_text() noexcept;

}  // namespace vivi::policy::command
