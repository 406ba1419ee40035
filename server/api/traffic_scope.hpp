// The part of the network that somebody asks about, and what they may know of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/call.hpp"
#include "server/db/traffic_series.hpp"

namespace vivi::api {

struct FoundScope {
    db::Tenant tenant{};
    auth::Place place{};
    db::TrafficScope scope{};
};
/// Of an input TrafficScope, for who may see aggregates of it (of a device: devices). NOT_FOUND for what is not there and what is
/// not theirs alike.
Task<std::expected<FoundScope, graphql::FieldError>> find_scope(Call& call, const graphql::Fields& input);

/// `from` and `to` (absent: now), in order. BAD_USER_INPUT otherwise.
std::expected<db::TrafficRange, graphql::FieldError> range_of(const graphql::Arguments& arguments, WallTime now);

}  // namespace vivi::api
