// Whether a request may act at all: pure. Who may do what is in rights.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vivi::auth {

/// What a browser says about where a request comes from; empty when it says nothing.
struct Provenance {
    std::string_view origin{};        ///< Origin (RFC 6454 section 7)
    std::string_view host{};          ///< Host
    std::string_view scheme{};        ///< Of the request, where a trusted proxy says which it was.
    std::string_view fetch_site{};    ///< Sec-Fetch-Site
    std::string_view content_type{};  ///< Content-Type
    bool has_custom_header = false;   ///< A field that a form cannot send.
};
/// May this request change something? A page elsewhere can make a browser send our cookie, but not a JSON body with our header
/// or our Origin (OWASP ASVS 3.5.1 to 3.5.3). `origins` lists the allowed ones; empty: only the host the request was sent to.
bool may_act(const Provenance& request, std::span<const std::string> origins) noexcept;

}  // namespace vivi::auth
