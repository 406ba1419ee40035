// What the input of commandRouter and staffCommandRouter asks for, checked; and what both do with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/call.hpp"
#include "server/db/commands.hpp"

namespace vivi::api {

/// A NewCommand without its router, or what the person can put right. `pool` finds the release of an update.
Task<std::expected<std::expected<db::NewCommand, std::vector<UserError>>, graphql::FieldError>> asked_command(
    Call& call, db::Pool& pool, graphql::Fields input);

/// Changes so much that the person proves again who is at the keyboard.
bool is_dangerous(model::CommandKind kind) noexcept;

/// What the database refused of a new command, or of a cancellation, as the person's error; nothing when it is not theirs.
std::optional<UserError> refusal_of(const Error& error, std::string_view field);

/// Tells the hub and the viewers that the router's commands changed.
Task<> announce_commands(Call& call, std::string router, std::string organisation);

/// Fields that Command and StaffCommand share: their C++ type is db::Command.
void add_command_fields(graphql::Resolvers& resolvers, const std::string& type);

}  // namespace vivi::api
