// The simulated internet: an authoritative DNS root with a few dozen names, and nginx with TLS from a throw-away CA serving them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "common/core/result.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/settings.hpp"

namespace vivi::lab {

/// The names, in the order of their addresses 198.18.0.1 and on. All under .example (RFC 2606): they exist nowhere else.
std::span<const std::string_view> site_names();

/// Makes the CA (<state>/ca.crt), certificate, pages, zone and configurations; gives nsd and nginx.
///
/// Paths every site serves: / (30 kB), /small (10,240 bytes), /image (300,000), /video (20,000,000), and /slow: 2 GB at 400 kB/s.
Result<std::vector<Spec>> internet(const Settings& settings);

}  // namespace vivi::lab
