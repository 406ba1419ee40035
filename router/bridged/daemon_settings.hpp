// bridged's settings: their table, and what no value may be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/runtime/daemon.hpp"

namespace vivi::bridged {

/// Names, defaults and meanings (docs/configuration/bridged.md).
std::vector<Setting> settings_table();
/// Invalid, beginning with the setting's name, for the first value that cannot be used.
Status check_settings(const Settings& settings);

}  // namespace vivi::bridged
