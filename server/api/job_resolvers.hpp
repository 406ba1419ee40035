// Fields of commands and roll-outs: the nouns of this family, for resolvers.cpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/graphql/resolvers.hpp"

namespace vivi::api {

void add_commands(graphql::Resolvers& resolvers);         ///< command, Router.commands, commandRouter, cancelCommand
void add_staff_commands(graphql::Resolvers& resolvers);   ///< Staff.commands, staffCommandRouter, staffCancelCommand
void add_command_changes(graphql::Resolvers& resolvers);  ///< commandChanged
void add_rollouts(graphql::Resolvers& resolvers);         ///< releases, Staff.rollouts, createRollout … cancelRollout

}  // namespace vivi::api
