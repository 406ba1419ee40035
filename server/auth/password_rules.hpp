// What a new password must be: long enough, and not what everybody tries first. No rules of composition (ASVS 6.2.5). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/core/result.hpp"

namespace vivi::auth {

/// Invalid, with the sentence for the person: at least 8 characters (ASVS 6.2.1), at most 256 bytes (6.2.9 asks for 64 characters
/// at least), not one of the common ones, alone or with digits and signs behind (6.2.4), not one character again and again, not a
/// run like "abcdefgh" or "12345678", not the e-mail or the name (6.2.11).
Status check_new_password(std::string_view password, std::string_view email, std::string_view name);

/// John the Ripper's list of 3,546 common passwords, in the public domain; Debian's package john-data, taken in by the build.
std::string_view common_passwords();

}  // namespace vivi::auth
