// The page a guest sees who followed a blocked name to the router (block_answer "page"). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/message.hpp"

namespace vivi::openvivi_embedded {

/// A self-contained page in English or French (Accept-Language), 403 and not to be cached: which name was asked for, that the
/// organisers block it, whom to ask. Whatever the request: nothing in it is repeated but a host name made of the letters of one.
http::Response guest_page(const http::Request& request);

}  // namespace vivi::openvivi_embedded
