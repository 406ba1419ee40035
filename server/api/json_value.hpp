// The scalar JSON: documents of ours as values of the language, and back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/model/event.hpp"
#include "server/graphql/value.hpp"

namespace vivi::api {

graphql::Value to_value(const model::Json& json);
/// Invalid: nested deeper than 32, or larger than `most_bytes`.
Result<model::Json> to_json(const graphql::Value& value, std::size_t most_bytes);

}  // namespace vivi::api
