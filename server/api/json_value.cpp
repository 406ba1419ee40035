// By way of JSON text: both sides read and write it, strictly.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/json_value.hpp"

#include "server/graphql/json.hpp"

namespace vivi::api {

graphql::Value to_value(const model::Json& json) {
    return graphql::parse_json(json.dump(-1, ' ', false, model::Json::error_handler_t::replace)).value_or(graphql::Value{});
}

Result<model::Json> to_json(const graphql::Value& value, std::size_t most_bytes) {
    return model::parse_json(graphql::to_json(value), most_bytes);
}

}  // namespace vivi::api
