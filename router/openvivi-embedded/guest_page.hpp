// The page a guest sees who followed a blocked name to the router (block_answer "page"). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/http/message.hpp"
#include "router/openvivi-embedded/blocked_by.hpp"

namespace vivi::openvivi_embedded {

/// The name in the Host field without its port, normalised; nothing when it is not a name.
std::optional<std::string> asked_for(const http::Request& request);

/// A self-contained page in English or French (Accept-Language), 403 and not to be cached: which name was asked for, that the
/// organisers block it, by which rule, whom to ask (`contact`, Configuration::contact). Whatever the request: nothing in it is
/// repeated but a host name made of the letters of one.
http::Response guest_page(const http::Request& request, const BlockedBy& by, const std::string& contact = "");

}  // namespace vivi::openvivi_embedded
