// Changes of a policy that are about which devices: groups and protection. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "common/model/policy.hpp"

namespace vivi::api {

/// Puts the devices into the group of that name, which is made when it is not there, and out of every other; empty: into none. A
/// group that is left empty stays: rules may name it. A problem names the member of the input.
model::Problems set_group(model::Policy& policy, const std::vector<Mac>& devices, const std::string& group);

/// Protects the devices (rules that ban them go), or does so no more.
model::Problems set_protected(model::Policy& policy, const std::vector<Mac>& devices, bool is_protected);

}  // namespace vivi::api
