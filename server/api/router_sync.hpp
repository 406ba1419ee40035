// Router.gaps, Router.sync: how a router's sync stands.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/resolvers.hpp"

namespace vivi::api {

void add_router_sync(graphql::Resolvers& resolvers);

}  // namespace vivi::api
