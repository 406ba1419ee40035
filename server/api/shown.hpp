// What a big screen shows, and to whom.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/api/call.hpp"
#include "server/db/tokens.hpp"

namespace vivi::api {

struct ShownBoard {
    auth::Place place{};
    db::ShowBoard board{};
};
/// The event of that id, or of the link that was opened; nothing when there is none that the caller may see.
Task<std::expected<std::optional<ShownBoard>, graphql::FieldError>> find_board(Call& call, std::optional<std::string> event_id);

}  // namespace vivi::api
