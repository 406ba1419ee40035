// Links that lead people back to the dashboard; the token is in the fragment, which browsers send to nobody.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vivi::api {

/// `base` is the setting public.url; `page` is "invitation", "verify", "reset" or "email".
inline std::string link_to(std::string_view base, std::string_view page, std::string_view token) {
    while (base.ends_with('/')) base.remove_suffix(1);
    return std::string{base}.append("/#/").append(page).append("/").append(token);
}

}  // namespace vivi::api
