// releases, Staff.rollouts, Staff.rollout, createRollout, startRollout, pauseRollout, resumeRollout, cancelRollout.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/rollouts.hpp"

#include <algorithm>

#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/events.hpp"
#include "server/api/job_resolvers.hpp"
#include "server/api/step_up.hpp"
#include "server/db/gathered.hpp"

namespace vivi::api {
namespace {

using db::RolloutMove;
using graphql::Arguments;
using graphql::FieldError;
using graphql::Fields;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char rollouts_list = 'o';
constexpr int most_rollouts = 100, most_routers = 500;
constexpr std::size_t most_named_routers = 1000, most_canaries = 100, most_steps = 10, most_name_bytes = 100;

struct Rollouts {
    bool has_previous = false;
    db::RolloutPage page{};
};
struct Payload {
    std::optional<db::Rollout> rollout{};
    std::vector<UserError> errors{};
};
using Problems = std::vector<UserError>;

std::string cursor_of(const db::Rollout& rollout) {
    return to_cursor(rollouts_list, UuidPlace{.at_us = rollout.created_us, .id = rollout.id});
}
Value refused(Problems errors) { return Object::make(Payload{.errors = std::move(errors)}); }
Value refused(UserError error) { return refused(Problems{std::move(error)}); }
void invalid(Problems& problems, std::string message, std::string field) {
    problems.push_back({.code = "INVALID", .message = std::move(message), .field = std::move(field)});
}
int number_in(const Fields& input, const char* name, int least, int most, Problems& problems) {
    const auto value = input[name].integer();
    if (value < least || value > most)
        invalid(problems, "Must be " + std::to_string(least) + " to " + std::to_string(most) + ".", name);
    return static_cast<int>(std::clamp(value, std::int64_t{least}, std::int64_t{most}));
}

std::vector<std::string> routers_in(const Value& ids, const char* field, std::size_t most, Problems& problems) {
    std::vector<std::string> uuids;
    for (const auto& id : ids.as<std::vector<std::string>>()) {
        auto uuid = parse_id("Router", id);
        if (!uuid) problems.push_back({.code = "NOT_FOUND", .message = "There is no such router: " + id, .field = field});
        if (uuid) uuids.push_back(*std::move(uuid));
    }
    std::ranges::sort(uuids);
    uuids.erase(std::unique(uuids.begin(), uuids.end()), uuids.end());
    if (uuids.size() > most) invalid(problems, "At most " + std::to_string(most) + " routers.", field);
    return uuids;
}

db::RolloutTarget target_of(const Fields& input, Problems& problems) {
    db::RolloutTarget target;
    const auto& [kind, value] = input.items().front();  // Exactly one: the input is @oneOf.
    if (kind == "routerIds") target.routers = routers_in(value, "target", most_named_routers, problems);
    if (kind == "organisationId") {
        target.organisation = parse_id("Organisation", value.text()).value_or("");
        if (target.organisation.empty())
            problems.push_back({.code = "NOT_FOUND", .message = "There is no such organisation.", .field = "target"});
    }
    target.is_fleet = kind == "fleet" && value.boolean();
    if (kind == "fleet" && !target.is_fleet) invalid(problems, "Only true means something.", "target");
    return target;
}

std::expected<db::NewRollout, Problems> rollout_of(const Fields& input, Call& call) {
    Problems problems;
    db::NewRollout made{.release = parse_id("SoftwareRelease", input["releaseId"].text()).value_or(""),
                        .name = std::string{input["name"].text()},
                        .target = target_of(input["target"].fields(), problems),
                        .canaries = routers_in(input["canaryRouterIds"], "canaryRouterIds", most_canaries, problems),
                        .percentages = input["percentages"].as<std::vector<int>>(),
                        .most_failed_percent = number_in(input, "mostFailedPercent", 0, 100, problems),
                        .soak = Seconds{number_in(input, "soakSeconds", 0, 2'592'000, problems)},
                        .most_at_once = number_in(input, "mostAtOnce", 1, 1000, problems),
                        .actor = actor_of(call)};
    if (made.release.empty())
        problems.push_back({.code = "NOT_FOUND", .message = "There is no such release.", .field = "releaseId"});
    if (made.name.empty() || made.name.size() > most_name_bytes || db::clean(made.name, most_name_bytes) != made.name)
        invalid(problems, "A name has 1 to 100 bytes.", "name");
    const auto& steps = made.percentages;
    const bool rises = std::ranges::adjacent_find(steps, std::greater_equal{}) == steps.end();
    if (steps.empty() || steps.size() > most_steps || !rises || steps.front() < 1 || steps.back() != 100)
        invalid(problems, "Rising percentages, at most 10, the last is 100.", "percentages");
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return made;
}

Task<Resolved> releases(const Arguments&, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto found = co_await db::releases(call.services.pool);
    if (!found) co_return std::unexpected{FieldError{found.error()}};
    graphql::List list;
    for (const auto& release : *found) list.emplace_back(Object::make(release));
    co_return Value{std::move(list)};
}

Task<Resolved> rollouts(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Support, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    const auto place = uuid_place_of(arguments, rollouts_list, most_rollouts);
    if (!place) co_return std::unexpected{place.error()};
    const auto after = place->value_or(UuidPlace{});
    const auto after_us = *place ? std::optional{after.at_us} : std::nullopt;
    auto page = co_await db::rollouts(call.services.staff, after_us, after.id, arguments.get<int>("first"));
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Rollouts{.has_previous = place->has_value(), .page = *std::move(page)})};
}

Task<Resolved> rollout(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Support, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    const auto id = parse_id("Rollout", arguments.get<std::string>("id"));
    if (!id) co_return Value{};
    auto found = co_await db::rollout(call.services.staff, *id);
    if (!found && found.error().code == Code::NotFound) co_return Value{};
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    co_return Value{Object::make(*std::move(found))};
}

Task<Resolved> routers(Call& call, const db::Rollout& rollout, const Arguments& arguments) {
    if (auto checked = check_first(arguments, most_routers); !checked) co_return std::unexpected{std::move(checked).error()};
    const auto state =
        arguments["state"].is_null() ? std::nullopt : std::optional{arguments["state"].as<db::RolloutRouterState>()};
    const auto found = co_await db::rollout_routers(call.services.staff, rollout.id, state, arguments.get<int>("first"));
    if (!found) co_return std::unexpected{FieldError{found.error()}};
    graphql::List list;
    for (const auto& router : *found) list.emplace_back(Object::make(router));
    co_return Value{std::move(list)};
}

Task<Resolved> create(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Release, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    auto made = rollout_of(arguments["input"].fields(), call);
    if (!made) co_return refused(std::move(made).error());
    auto rollout = co_await db::make_rollout(call.services.staff, *std::move(made));
    if (!rollout && rollout.error().code == Code::NotFound)
        co_return refused({.code = "NOT_FOUND", .message = "There is no such release.", .field = "releaseId"});
    if (!rollout && rollout.error().code == Code::Invalid)
        co_return refused({.code = "INVALID", .message = rollout.error().detail, .field = "target"});
    if (!rollout) co_return std::unexpected{FieldError{std::move(rollout).error()}};
    co_return Value{Object::make(Payload{.rollout = *std::move(rollout)})};
}

template <RolloutMove move>
Task<Resolved> move_rollout(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Release, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    if (move == RolloutMove::Start || move == RolloutMove::Resume) {
        if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};
    }
    const auto id = parse_id("Rollout", arguments["input"].fields()["rolloutId"].text());
    Result<db::Rollout> moved = failed(Code::NotFound, "no such roll-out");
    if (id) moved = co_await db::move_rollout(call.services.staff, *id, move, actor_of(call));
    if (!moved && moved.error().code == Code::NotFound)
        co_return refused({.code = "NOT_FOUND", .message = "There is no such roll-out.", .field = "rolloutId"});
    if (!moved && moved.error().code == Code::Conflict)
        co_return refused({.code = "WRONG_STATE", .message = moved.error().detail, .field = "rolloutId"});
    if (!moved) co_return std::unexpected{FieldError{std::move(moved).error()}};
    co_return Value{Object::make(Payload{.rollout = *std::move(moved)})};
}

Value time_or_null(const std::optional<WallTime>& at) { return at ? Value{to_date_time(*at)} : Value{}; }

void add_release_fields(graphql::Resolvers& resolvers) {
    resolvers.of<db::Release>("SoftwareRelease")
        .field("id", [](const db::Release& release) { return to_id("SoftwareRelease", release.id); })
        .field("version", &db::Release::version)
        .field("architecture", &db::Release::architecture)
        .field("sizeBytes", &db::Release::size_bytes)
        .field("minimumVersion", &db::Release::minimum_version)
        .field("createdAt", [](const db::Release& release) { return to_date_time(release.created_at); })
        .field("isWithdrawn", &db::Release::is_withdrawn);
}

void add_rollout_fields(graphql::Resolvers& resolvers) {
    resolvers.of<db::Rollout>("Rollout")
        .field("id", [](const db::Rollout& rollout) { return to_id("Rollout", rollout.id); })
        .field("name", &db::Rollout::name)
        .field("state", &db::Rollout::state)
        .field("release", [](const db::Rollout& rollout) { return Value{Object::borrowed(rollout.release)}; })
        .field("step", &db::Rollout::step)
        .field("percentages",
               [](const db::Rollout& rollout) {
                   graphql::List list;
                   for (const auto percent : rollout.percentages) list.emplace_back(percent);
                   return Value{std::move(list)};
               })
        .field("mostFailedPercent", &db::Rollout::most_failed_percent)
        .field("soakSeconds", [](const db::Rollout& rollout) { return rollout.soak.count(); })
        .field("mostAtOnce", &db::Rollout::most_at_once)
        .field("stopReason", &db::Rollout::stop_reason)
        .field("createdAt", [](const db::Rollout& rollout) { return to_date_time(from_unix_ms(rollout.created_us / 1'000)); })
        .field("author",
               [](const db::Rollout& rollout) { return rollout.author.empty() ? Value{} : Value::borrowed(rollout.author); })
        .field("startedAt", [](const db::Rollout& rollout) { return time_or_null(rollout.started_at); })
        .field("finishedAt", [](const db::Rollout& rollout) { return time_or_null(rollout.finished_at); })
        .field("pending", &db::Rollout::pending)
        .field("told", &db::Rollout::told)
        .field("succeeded", &db::Rollout::succeeded)
        .field("failed", &db::Rollout::failed)
        .field("leftOut", &db::Rollout::left_out)
        .field("offline", &db::Rollout::offline)
        .field("frozen", &db::Rollout::frozen);
    resolvers.of<db::RolloutRouter>("RolloutRouter")
        .field("routerId", [](const db::RolloutRouter& router) { return to_id("Router", router.router); })
        .field("name", &db::RolloutRouter::name)
        .field("organisationName", &db::RolloutRouter::organisation_name)
        .field("state", &db::RolloutRouter::state)
        .field("step", &db::RolloutRouter::step)
        .field("attempts", &db::RolloutRouter::attempts)
        .field("detail", &db::RolloutRouter::detail)
        .field("isOnline", &db::RolloutRouter::is_online)
        .field("isFrozen", &db::RolloutRouter::is_frozen);
}

}  // namespace

void add_rollouts(graphql::Resolvers& resolvers) {
    using db::RolloutRouterState;
    using db::RolloutState;
    resolvers.enumeration<RolloutState>("RolloutState", {{RolloutState::Draft, "DRAFT"},
                                                         {RolloutState::Running, "RUNNING"},
                                                         {RolloutState::Paused, "PAUSED"},
                                                         {RolloutState::Stopped, "STOPPED"},
                                                         {RolloutState::Cancelled, "CANCELLED"},
                                                         {RolloutState::Finished, "FINISHED"}});
    resolvers.enumeration<RolloutRouterState>("RolloutRouterState", {{RolloutRouterState::Pending, "PENDING"},
                                                                     {RolloutRouterState::Told, "TOLD"},
                                                                     {RolloutRouterState::Succeeded, "SUCCEEDED"},
                                                                     {RolloutRouterState::Failed, "FAILED"},
                                                                     {RolloutRouterState::LeftOut, "LEFT_OUT"}});
    resolvers.batch("Query", "releases", root(releases));
    resolvers.batch("Staff", "rollouts", root(rollouts));
    resolvers.batch("Staff", "rollout", root(rollout));
    resolvers.batch("Rollout", "routers", each<db::Rollout>(routers));
    resolvers.batch("Mutation", "createRollout", root(create));
    resolvers.batch("Mutation", "startRollout", root(move_rollout<RolloutMove::Start>));
    resolvers.batch("Mutation", "pauseRollout", root(move_rollout<RolloutMove::Pause>));
    resolvers.batch("Mutation", "resumeRollout", root(move_rollout<RolloutMove::Resume>));
    resolvers.batch("Mutation", "cancelRollout", root(move_rollout<RolloutMove::Cancel>));
    add_release_fields(resolvers);
    add_rollout_fields(resolvers);
    add_connection<Rollouts, db::Rollout>(resolvers, "Rollout", cursor_of);
    resolvers.of<Payload>("RolloutPayload")
        .field("rollout", [](const Payload& payload) { return borrowed_or_null(payload.rollout); })
        .field("errors", [](const Payload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
