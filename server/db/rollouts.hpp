// Releases of the routers' software, and roll-outs of them: for the role vivi_staff, except where a function says otherwise.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/db/command_jobs.hpp"
#include "server/db/events.hpp"

namespace vivi::db {

struct Release {
    std::string id{};
    std::string version{};
    std::string architecture{};
    std::int64_t size_bytes = 0;
    std::string sha256{};  ///< Of the bundle, hexadecimal.
    std::string signature{};
    std::string minimum_version{};
    WallTime created_at{};
    bool is_withdrawn = false;
};
/// The newest 100, the newest first; any role's pool.
Task<Result<std::vector<Release>>> releases(Pool& pool);
/// NotFound: none, or it was withdrawn.
Task<Result<Release>> release(Pool& pool, std::string id);

/// For the operator's command line: keeps a bundle. Its size and SHA-256 are computed here; Conflict: that version and
/// architecture are there already. Blocks.
Result<std::string> add_release(const std::string& owner_url, const Release& release, std::string_view bundle);
/// What is not told yet is told nothing any more; running roll-outs of it stop. Blocks.
Result<std::string> withdraw_release(const std::string& owner_url, const std::string& id);

enum class RolloutState : std::uint8_t { Draft, Running, Paused, Stopped, Cancelled, Finished };
enum class RolloutRouterState : std::uint8_t { Pending, Told, Succeeded, Failed, LeftOut };

struct Rollout {
    std::string id{};
    std::string name{};
    RolloutState state = RolloutState::Draft;
    Release release{};
    int step = 0;  ///< 0: the canary group.
    std::vector<int> percentages{};
    int most_failed_percent = 0;
    Seconds soak{};
    int most_at_once = 0;
    std::string stop_reason{};
    std::int64_t created_us = 0;
    std::string author{};
    std::optional<WallTime> started_at{}, finished_at{};
    /// How many routers.
    std::int64_t pending = 0, told = 0, succeeded = 0, failed = 0, left_out = 0;
    std::int64_t offline = 0, frozen = 0;  ///< Of the pending ones whose turn it is.
};

/// Which routers: one of the three.
struct RolloutTarget {
    std::vector<std::string> routers{};
    std::string organisation{};
    bool is_fleet = false;
};
struct NewRollout {
    std::string release{};
    std::string name{};
    RolloutTarget target{};
    std::vector<std::string> canaries{};  ///< Of the target; told first.
    std::vector<int> percentages{100};    ///< Of the rest, rising, the last is 100.
    int most_failed_percent = 10;
    Seconds soak{600};
    int most_at_once = 50;
    Actor actor{};
};
/// A draft: nobody is told anything. NotFound: no such release. Invalid: no accepted router is meant, or a canary is none of
/// them.
Task<Result<Rollout>> make_rollout(Pool& staff, NewRollout made);

struct RolloutPage {
    std::vector<Rollout> rows{};  ///< The newest first.
    bool has_next = false;
};
Task<Result<RolloutPage>> rollouts(Pool& staff, std::optional<std::int64_t> after_us, std::string after_id, int first);
Task<Result<Rollout>> rollout(Pool& staff, std::string id);

struct RolloutRouter {
    std::string router{};
    std::string name{};
    std::string organisation_name{};
    RolloutRouterState state{};
    int step = 0;
    int attempts = 0;
    std::string detail{};  ///< Of its last command.
    bool is_online = false, is_frozen = false;
};
/// Of one state, or all; by step, at most `first`.
Task<Result<std::vector<RolloutRouter>>> rollout_routers(Pool& staff, std::string rollout,
                                                         std::optional<RolloutRouterState> state, int first);

enum class RolloutMove : std::uint8_t {
    Start,   ///< Of a draft.
    Pause,   ///< Of a running one. Routers that have the command go on; those that wait for it are pending again.
    Resume,  ///< Of a paused one, and of one that stopped by itself: its failures count no more (they are tried again).
    Cancel,  ///< Of any that is not over: for good.
};
/// Conflict: its state does not allow it.
Task<Result<Rollout>> move_rollout(Pool& staff, std::string id, RolloutMove move, Actor actor);

/// One turn of every roll-out that runs or is paused; whom it told. One process at a time does it: the others do nothing.
Task<Result<std::vector<Settled>>> advance_rollouts(Pool& staff);

}  // namespace vivi::db
