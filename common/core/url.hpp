// Where a service is, as operators write it: scheme://[user[:password]@]host[:port][/path].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/result.hpp"

namespace vivi {

/// RFC 3986 section 3, the part that names a service; user, password and path are percent-decoded (section 2.1).
struct Url {
    std::string scheme{};  ///< Lower case.
    std::string user{};
    std::string password{};
    std::string host{};      ///< An IPv6 address without its brackets; empty in unix:///path.
    std::uint16_t port = 0;  ///< 0: not given.
    std::string path{};      ///< With its leading slash; empty when not given. Query and fragment are not understood.
};

/// Invalid says what is wrong and never repeats the password.
Result<Url> parse_url(std::string_view text);

}  // namespace vivi
