// The field of spare routers, for resolvers.cpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/graphql/resolvers.hpp"

namespace vivi::api {

void add_spares(graphql::Resolvers& resolvers);  ///< replaceRouter

}  // namespace vivi::api
