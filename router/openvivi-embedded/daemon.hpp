// openvivi-embedded as a process: its settings and how its parts are connected.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/daemon.hpp"

namespace vivi::openvivi_embedded {

Program program();

}  // namespace vivi::openvivi_embedded
