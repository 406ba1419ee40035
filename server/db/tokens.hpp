// API tokens, and the links and cookies of big screens: found by vivi_auth, kept by vivi_api. Only hashes are stored.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/db/accounts.hpp"
#include "server/db/events.hpp"

namespace vivi::db {

enum class TokenScope : std::uint8_t {
    Read,     ///< As a viewer.
    Operate,  ///< As an operator.
    Manage,   ///< As an organiser.
};

struct ApiToken {
    std::string id{};            ///< uuid
    std::string organisation{};  ///< uuid
    std::string event{};         ///< uuid; empty: the whole organisation.
    std::string user{};          ///< uuid of who made it and whom it acts for.
    std::string email{};
    std::string name{};
    TokenScope scope = TokenScope::Read;
    WallTime created_at{};
    WallTime expires_at{};
    std::optional<WallTime> last_used_at{};  ///< To the minute.
    std::optional<WallTime> revoked_at{};
};

/// A link to a big screen, which shows aggregates of one event until it ends.
struct ShowLink {
    std::string id{};            ///< uuid
    std::string organisation{};  ///< uuid
    std::string event{};         ///< uuid
    std::string name{};
    WallTime created_at{};
    std::optional<WallTime> revoked_at{};
};

/// What an account may do through a token: its memberships at that place, each cut to the scope; no staff role.
Account cut_to(Account account, const ApiToken& token);

/// The account behind a live token, cut to it; NotFound when the token is none, has ended, or the user has nothing there any
/// more.
Task<Result<Account>> find_token(Pool& auth, std::string token_hash);

struct NewApiToken {
    std::string event{};  ///< Empty: the whole organisation.
    std::string user{};
    std::string name{};
    TokenScope scope = TokenScope::Read;
    std::string token_hash{};
    Seconds lifetime{};
    std::string address{};
};
/// NotFound: no such event.
Task<Result<ApiToken>> create_token(Pool& api, Tenant tenant, NewApiToken token);
/// Those of `user`, or of everybody when it is empty, the newest first; at most 200.
Task<Result<std::vector<ApiToken>>> tokens(Pool& api, Tenant tenant, std::string user);
/// Ends it; one that has ended stays as it is. NotFound: no such token of `owner` (of anybody when empty).
Task<Result<ApiToken>> revoke_token(Pool& api, Tenant tenant, std::string token, std::string owner, Actor by);

struct NewShowLink {
    std::string event{};
    std::string name{};
    std::string token_hash{};
    Actor by{};
};
/// NotFound: no such event, or it has ended.
Task<Result<ShowLink>> create_show_link(Pool& api, Tenant tenant, NewShowLink link);
/// Those of the event, the newest first; at most 200.
Task<Result<std::vector<ShowLink>>> show_links(Pool& api, Tenant tenant, std::string event);
/// Ends it and every screen that has it. NotFound: no such link of `event` (of any when empty).
Task<Result<ShowLink>> revoke_show_link(Pool& api, Tenant tenant, std::string link, std::string event, Actor by);

/// What a screen may show.
struct ShowPass {
    std::string link{};          ///< uuid
    std::string organisation{};  ///< uuid
    std::string event{};         ///< uuid
    Seconds lifetime{};          ///< What is left of it.
};
/// The link's token for a cookie's. NotFound: the link is none, was revoked, or its event has ended.
Task<Result<ShowPass>> exchange_show_link(Pool& auth, std::string link_hash, std::string cookie_hash, Seconds longest);
/// Of a live cookie; NotFound otherwise.
Task<Result<ShowPass>> find_show_session(Pool& auth, std::string cookie_hash);

/// The event in numbers: nothing in it is about one device.
struct ShowBoard {
    std::string event_name{};
    std::int64_t routers = 0, routers_online = 0;
    std::int64_t devices = 0, devices_online = 0;  ///< Online: seen in the last 5 minutes.
    std::int64_t bytes_up = 0, bytes_down = 0;     ///< Since each device was first seen.
    std::int64_t rate_up = 0, rate_down = 0;       ///< bit/s, 20 to 40 s ago.
};
/// NotFound: no such event.
Task<Result<ShowBoard>> show_board(Pool& api, Tenant tenant, std::string event);

}  // namespace vivi::db
