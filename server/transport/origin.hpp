// May a page of that origin open a WebSocket here? Browsers send cookies with any page's handshake (CWE-1385).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/http/message.hpp"

namespace vivi::transport {

/// True without an Origin (not a browser), with one of `allowed`, or, when that is empty, with the origin of the request's own
/// Host.
bool is_allowed_origin(const http::Headers& headers, const std::vector<std::string>& allowed);

}  // namespace vivi::transport
