// Is there an Internet behind the uplink, or a venue's sign-in page in the way?
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/core/result.hpp"
#include "common/core/url.hpp"
#include "common/runtime/task.hpp"

namespace vivi::openvivi_embedded {

/// GET of a page that answers 204 to everybody who reaches it ("http://connectivity-check.ubuntu.com/"), within 10 s. Denied:
/// something else answered in its place, which is what a captive portal does (RFC 8952 section 1). Unavailable says at which step
/// it ended: name, connection, answer.
Task<Status> probe_uplink(Url url);

}  // namespace vivi::openvivi_embedded
