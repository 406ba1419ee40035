// The bridge: gathers events, keeps them until the server has them, applies what the server decides.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/daemon.hpp"

namespace vivi::bridged {

/// Its settings (docs/configuration/bridged.md) and its run.
Program program();

}  // namespace vivi::bridged
