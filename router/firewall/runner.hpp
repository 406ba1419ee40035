// Runs nft scripts in the kernel through libnftables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/core/result.hpp"

namespace vivi::firewall {

/// The script as one transaction: on an error, of the text or of the kernel, nothing has changed.
Status run_script(const std::string& script);

}  // namespace vivi::firewall
