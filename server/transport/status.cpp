// Outcomes to status codes.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/status.hpp"

namespace vivi::transport {

Outcome outcome_of(const graphql::Response& response) {
    if (!response.has_data) return Outcome::NoData;
    return response.has_errors ? Outcome::Partial : Outcome::Data;
}

Outcome outcome_of(const graphql::Refusal& refusal) {
    switch (refusal.stage) {
        case graphql::Stage::Parse: return Outcome::NotParsed;
        case graphql::Stage::Validate: return Outcome::NotValid;
        case graphql::Stage::Operation: return Outcome::NoOperation;
        case graphql::Stage::Variables: return Outcome::NotCoerced;
        case graphql::Stage::Refused: return Outcome::Refused;
    }
    return Outcome::Refused;
}

int status_of(Outcome outcome, Media media, StatusCodes codes) {
    const bool is_plain = media == Media::Json;
    const bool is_draft = codes == StatusCodes::Draft2026;
    switch (outcome) {
        case Outcome::Data:
        case Outcome::NoData: return 200;
        case Outcome::Partial: return !is_plain && is_draft ? 294 : 200;
        case Outcome::NotParsed: return is_plain ? 200 : 400;
        case Outcome::NotValid:
        case Outcome::NoOperation:
        case Outcome::NotCoerced: return is_plain ? 200 : is_draft ? 422 : 400;
        case Outcome::Refused: return 400;
    }
    return 500;
}

}  // namespace vivi::transport
