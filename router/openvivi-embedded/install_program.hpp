// vivi-install as a process: root's one-shot, started when a bundle is whole, and at each boot for a trial that was cut.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/daemon.hpp"

namespace vivi::openvivi_embedded {

Program install_program();

/// "arm64", "amd64": what this program was compiled for, as Debian names it.
std::string own_architecture();

}  // namespace vivi::openvivi_embedded
