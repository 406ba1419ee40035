// Vivi's own programs in the lab: their configuration files and command lines, and the enrolment that makes them one product.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/settings.hpp"

namespace vivi::lab {

/// dhcpd, pcapd, dnsd, bridged, openvivi-embedded: as on a router.
Result<std::vector<Spec>> router_daemons(const Settings& settings);
/// The tunnel's end and a bridge that makes events up, in the server's namespace: for demos and tests of the server side alone.
Result<std::vector<Spec>> simulated_router(const Settings& settings);
/// openvivi (the hub) and server.
Result<std::vector<Spec>> server_daemons(const Settings& settings);

/// Who may sign in to the demo.
struct Account {
    std::string email{};
    std::string password{};
};
struct Enrolment {
    Account organiser{};
    Account staff{};
    std::string router_id{};
};

/// Migrates the database; makes the organisation, its organiser and a staff user; makes the router's and the hub's keys and accepts
/// the router with its first configuration, all through vivi-admin as an operator would.
Result<Enrolment> enrol(const Settings& settings);

}  // namespace vivi::lab
