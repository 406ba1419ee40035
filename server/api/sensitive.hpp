// Categories of names that are never shown for one device: special categories of personal data (GDPR article 9). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vivi::api {

/// Is it (as the shipped lists or the well-known ones call it) about faith, health, sex life or orientation, politics, unions or
/// descent? In any case, with spaces, dashes or underscores.
bool is_sensitive(std::string_view category);

}  // namespace vivi::api
