// The GraphQL types TrafficPoint and NameTraffic, shared by the query and the subscription.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/graphql/resolvers.hpp"

namespace vivi::api {

void add_traffic_types(graphql::Resolvers& resolvers);

}  // namespace vivi::api
