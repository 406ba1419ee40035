// Which media type a response has (RFC 9110 section 12.5.1), and whether a request's is one GraphQL over HTTP knows.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vivi::transport {

enum class Media : std::uint8_t {
    Json,             ///< application/json: clients that look at the body, not at the status.
    GraphqlResponse,  ///< application/graphql-response+json: the status says how it went.
};
std::string_view content_type(Media media);

/// The best of the two for an Accept field, by quality and then by the client's order; nothing when it accepts neither. No field,
/// or an empty one: Json, as the specification's legacy watershed wants.
std::optional<Media> negotiate(std::optional<std::string_view> accept);

/// True for application/json, in UTF-8 or without a charset.
bool is_json_request(std::string_view content_type);

}  // namespace vivi::transport
