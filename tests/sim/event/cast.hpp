// Who comes to the simulated event, with which device, from when to when: decided by a seed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/net.hpp"
#include "common/model/configuration.hpp"
#include "tests/sim/event/timetable.hpp"
#include "tests/sim/event/words.hpp"

namespace vivi::sim::event {

/// [from, until) on the network, by the programme.
struct Stay {
    Moment from{}, until{};
};

struct Device {
    Kind kind{};
    Mac mac{};
    std::string hostname{};      ///< As it tells a DHCP server; any bytes.
    std::string vendor_class{};  ///< The same.
    bool says_goodbye = false;   ///< It releases its lease when it goes.
    double appetite = 1;         ///< Of what is usual for its kind.
    std::vector<std::string_view> favourites{};
    std::vector<Stay> stays{};  ///< In order, apart from each other; never empty.
};

/// Facts of a place.
struct Site {
    std::string_view name{};
    int per_thousand = 0;  ///< Of the event's devices.
    Ipv4Prefix network{};  ///< The router's address on it.
    Ipv4 from{}, to{};     ///< The pool.
};

/// `devices` of the whole event: pools are as large as organisers make them for that many, that of the workshop rooms too small.
Site site_of(Place place, int devices);
/// How many of them come to the place; all places together are all devices.
int devices_at(Place place, int devices);
/// The network as the router's configuration has it: leases of an hour.
model::Network network_of(Place place, int devices);

/// The devices of a place: first those that have come by the end of lunch, devices_at() of them, then as many again for every
/// twenty-five who come later. Half of the latter are phones of the former that return under another MAC.
std::vector<Device> cast_of(Place place, int devices, std::uint32_t seed);

}  // namespace vivi::sim::event
