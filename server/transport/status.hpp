// The HTTP status of a GraphQL response: one table, two published readings.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "server/graphql/engine.hpp"
#include "server/transport/media.hpp"
#include "server/transport/site.hpp"

namespace vivi::transport {

/// How a well-formed request ended.
enum class Outcome : std::uint8_t {
    Data,         ///< data, no errors
    Partial,      ///< data and errors
    NoData,       ///< data is null: an error moved up to the root
    NotParsed,    ///< The document is not GraphQL.
    NotValid,     ///< The document does not fit the schema, or is over a limit.
    NoOperation,  ///< No or no unambiguous operation.
    NotCoerced,   ///< The variables do not fit.
    Refused,      ///< Not allowed this way.
};
Outcome outcome_of(const graphql::Response& response);
Outcome outcome_of(const graphql::Refusal& refusal);

/// | outcome      | application/json | graphql-response+json, audits | graphql-response+json, draft 2026 |
/// |--------------|------------------|-------------------------------|-----------------------------------|
/// | Data         | 200              | 200                           | 200                               |
/// | Partial      | 200              | 200                           | 294                               |
/// | NoData       | 200              | 200                           | 200                               |
/// | NotParsed    | 200              | 400                           | 400                               |
/// | NotValid     | 200              | 400                           | 422                               |
/// | NoOperation  | 200              | 400                           | 422                               |
/// | NotCoerced   | 200              | 400                           | 422                               |
/// | Refused      | 400              | 400                           | 400                               |
int status_of(Outcome outcome, Media media, StatusCodes codes);

}  // namespace vivi::transport
