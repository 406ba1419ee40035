// Forwards a port of the machine's loopback into a namespace: the one way in, so that a browser sees the dashboard.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/core/result.hpp"

namespace vivi::lab {

/// Conflict when 127.0.0.1:port of the machine is taken.
Status check_free(std::uint16_t port);

/// Listens on 127.0.0.1:`port` here, connects to 127.0.0.1:`target` in the namespace; relays until killed. Runs as a process of its
/// own (`vivi-lab forward`), because entering a namespace is for good.
int forward(std::uint16_t port, const std::string& network_namespace, std::uint16_t target);

}  // namespace vivi::lab
