// Guests: a real DHCP client and a person who browses, each in a namespace of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/settings.hpp"

namespace vivi::lab {

/// Makes the empty resolver file of each guest.
Status prepare_guests(const Settings& settings);
/// The DHCP client of guest `guest` ("guest3.dhcp"): dhclient for odd guests, udhcpc for even ones.
Result<Spec> dhcp_client(const Settings& settings, int guest);
/// The person ("guest3.person"): looks names up and fetches pages at human pace.
Result<Spec> person(const Settings& settings, int guest);

/// Becomes a command in the namespace of "guest3", "router", "server" or "internet", with a guest's own resolver file.
[[noreturn]] void run_in(const Settings& settings, const std::string& place, std::vector<std::string> command);

}  // namespace vivi::lab
