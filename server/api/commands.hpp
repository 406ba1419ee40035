// Commands that the caller may see.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/call.hpp"
#include "server/db/commands.hpp"

namespace vivi::api {

struct FoundCommand {
    db::Tenant tenant{};
    db::Command command{};
};
/// Where a command's rows are kept, and what rights over it are asked of.
auth::Place place_of(const db::Command& command);
/// Nothing for an id of another type, one that does not exist and one of somebody else's: they look the same.
Task<std::expected<std::optional<FoundCommand>, graphql::FieldError>> find_command(Call& call, std::string id);

}  // namespace vivi::api
