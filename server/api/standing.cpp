// Device.standing: what the policy says of a device now, by the engine that the router itself asks.
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "common/policy/rules.hpp"
#include "common/policy/schedule.hpp"
#include "common/policy/strict.hpp"
#include "common/runtime/clock.hpp"
#include "server/api/asking.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct StandingNow {
    policy::Subject subject{};
    std::string group{};
    std::string rule{};
    std::string pointer{};
    std::vector<std::string> schedules{};
    std::int64_t revision = 0;
};

/// The policy of a router at this moment, compiled once for all of its devices.
struct Asked {
    Bytes rules{};
    policy::Engine engine{};
    std::vector<std::string> schedules{};
    std::int64_t revision = 0;
};

Task<Result<std::shared_ptr<const Asked>>> ask(Call& call, const db::Device& device) {
    auto decided = co_await db::policy(call.services.pool, {device.organisation}, device.router);
    if (!decided) co_return std::unexpected{std::move(decided).error()};
    const auto zone = call.services.catalogues.zone(decided->policy.time_zone);
    if (!zone) co_return std::unexpected{zone.error()};
    const auto now = wall_now();
    const auto effective = policy::effective(policy::with_strictness(decided->policy, decided->is_strict), *zone, now);
    auto asked = std::make_shared<Asked>();
    asked->rules = policy::compile(effective, decided->desired_revision);
    asked->revision = decided->desired_revision;
    for (const auto& name : policy::active_schedules(decided->policy, *zone, now)) asked->schedules.push_back(name);
    // Who a device is does not depend on what names are: no catalogue.
    const auto engine = policy::Engine::open(asked->rules, {});
    if (!engine) co_return std::unexpected{engine.error()};
    asked->engine = *engine;
    co_return asked;
}

StandingNow standing_of(const Asked& asked, const db::Device& device) {
    StandingNow answer{.subject = asked.engine.subject(parse_mac(device.mac)),
                       .group = device.group,
                       .schedules = asked.schedules,
                       .revision = asked.revision};
    const bool is_asked_for =
        answer.subject.standing == policy::Standing::New && asked.engine.new_devices() != model::NewDevices::Allow;
    const policy::Verdict verdict{.layer = is_asked_for ? policy::Layer::NewDevice : policy::Layer::Default,
                                  .rule = answer.subject.rule};
    if (!is_asked_for && verdict.rule == policy::no_rule) return answer;
    answer.rule = asked.engine.describe(verdict);
    answer.pointer = asked.engine.pointer(verdict);
    return answer;
}

Task<std::vector<Resolved>> standings(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    std::map<std::string, Result<std::shared_ptr<const Asked>>> of_router;
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        const auto& device = parent.as<db::Device>();
        if (!of_router.contains(device.router)) {
            auto asked = co_await ask(context.get<Call>(), device);
            of_router.emplace(device.router, std::move(asked));
        }
        const auto& asked = of_router.at(device.router);
        if (asked)
            values.emplace_back(Value{Object::make(standing_of(**asked, device))});
        else
            values.emplace_back(std::unexpected{FieldError{asked.error()}});
    }
    co_return values;
}

Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value::borrowed(text); }

graphql::List schedules_of(const StandingNow& answer) {
    graphql::List list;
    for (const auto& schedule : answer.schedules) list.push_back(Value::borrowed(schedule));
    return list;
}

}  // namespace

void add_standing(graphql::Resolvers& resolvers) {
    resolvers.batch("Device", "standing", standings);
    resolvers.of<StandingNow>("DeviceStandingNow")
        .field("standing", [](const StandingNow& answer) { return Value{answer.subject.standing}; })
        .field("mode", [](const StandingNow& answer) { return Value{answer.subject.mode}; })
        .field("group", [](const StandingNow& answer) { return text_or_null(answer.group); })
        .field("rule", [](const StandingNow& answer) { return text_or_null(answer.rule); })
        .field("pointer", [](const StandingNow& answer) { return text_or_null(answer.pointer); })
        .field("schedules", [](const StandingNow& answer) { return Value{schedules_of(answer)}; })
        .field("revision", &StandingNow::revision);
}

}  // namespace vivi::api
