// Registrable domains: what somebody can register below a public suffix. The only place of libpsl.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vivi::policy {

/// The part of `name` (normalised) that was registered: "a.b.co.uk" gives "b.co.uk". A view into `name`. Nothing is registered
/// above a public suffix, and names that are one ("co.uk", "github.io") or have one label give themselves. By the list that the
/// Debian package libpsl5 was built with (https://publicsuffix.org/list/), private suffixes included.
std::string_view registrable_domain(std::string_view name);

}  // namespace vivi::policy
