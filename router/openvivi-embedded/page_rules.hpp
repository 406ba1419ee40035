// Which requests to the local page are from somebody at the router's own address, and which come from another site's page. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/message.hpp"

namespace vivi::openvivi_embedded {

/// The Host is "vivi.lan" or an address literal: names of others that lead here are blocked sites, or DNS rebinding.
bool is_for_the_router(const http::Request& request);

/// A POST of our own page: Origin is "http://" and the Host, and Sec-Fetch-Site, where a browser sends it, is "same-origin".
bool is_from_our_page(const http::Request& request);

/// The value of that cookie; empty when there is none.
std::string cookie(const http::Request& request, std::string_view name);

/// application/x-www-form-urlencoded; the first of a name counts. Nothing when the body is another kind or broken.
std::optional<std::map<std::string, std::string>> parse_form(const http::Request& request);

}  // namespace vivi::openvivi_embedded
