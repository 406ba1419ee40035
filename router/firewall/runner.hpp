// Runs nft scripts in the kernel through libnftables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/core/result.hpp"
#include "router/firewall/bans.hpp"

namespace vivi::firewall {

/// The script as one transaction; a dry run first, so that a script that cannot be loaded changes nothing and says why.
Status run_script(const std::string& script);

/// What our two sets hold now.
Result<Bans> read_bans();

}  // namespace vivi::firewall
