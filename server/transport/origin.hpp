// May a page of that origin open a WebSocket here? Browsers send cookies with any page's handshake (CWE-1385).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/http/message.hpp"

namespace vivi::transport {

/// True without an Origin (not a browser), with one of `allowed`, or, when that is empty, with the origin of the request's own
/// Host, and of its scheme where a proxy says which it was.
bool is_allowed_origin(const http::Request& request, const std::vector<std::string>& allowed);

}  // namespace vivi::transport
