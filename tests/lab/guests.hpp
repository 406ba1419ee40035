// Guests: a real DHCP client and a person who browses, each in a namespace of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/core/result.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/settings.hpp"

namespace vivi::lab {

/// The DHCP client of guest `guest` ("guest3.dhcp"): dhclient for odd guests, udhcpc for even ones.
Result<Spec> dhcp_client(const Settings& settings, int guest);
/// The person ("guest3.person"): looks names up and fetches pages at human pace.
Result<Spec> person(const Settings& settings, int guest);

}  // namespace vivi::lab
