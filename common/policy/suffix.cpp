// Asks libpsl, which has the public suffix list built in.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/suffix.hpp"

#include <libpsl.h>

#include <string>

namespace vivi::policy {

std::string_view registrable_domain(std::string_view name) {
    const std::string text{name};
    // The built-in list is a constant of the library; the pointer leads into `text`.
    const char* const found = ::psl_registrable_domain(::psl_builtin(), text.c_str());
    return found == nullptr ? name : name.substr(static_cast<std::size_t>(found - text.c_str()));
}

}  // namespace vivi::policy
