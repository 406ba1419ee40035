// The OpenVivi hub as a process: its settings and how its parts are connected.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/daemon.hpp"

namespace vivi::hub {

Program program();

}  // namespace vivi::hub
