// The text of schema.graphql, compiled in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vivi::api {

std::string_view schema_text();

}  // namespace vivi::api
