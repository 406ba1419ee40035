// policyTrial: a policy that is not decided yet, asked about the last 24 hours.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_trial.hpp"

#include <algorithm>
#include <memory>
#include <tuple>

#include "common/model/configuration.hpp"
#include "common/runtime/clock.hpp"
#include "server/api/course.hpp"
#include "server/api/date_time.hpp"
#include "server/api/deciding.hpp"
#include "server/api/events.hpp"
#include "server/api/json_value.hpp"
#include "server/api/policy_now.hpp"
#include "server/api/policy_source.hpp"
#include "server/api/refused.hpp"

namespace vivi::api {

void Trial::add(const policy::Engine& before, const policy::Engine& after, const db::AskedName& asked) {
    auto& name = names_[asked.name];
    if (asked.device) {
        devices_.insert(*asked.device);
        ++name.asked;
    }
    const auto old_subject = asked.device ? before.subject(asked.device) : anybody(before);
    const auto new_subject = asked.device ? after.subject(asked.device) : anybody(after);
    const auto was = before.decide_name(old_subject, asked.name), is = after.decide_name(new_subject, asked.name);
    if (was.is_denied() == is.is_denied()) return;
    auto& side = is.is_denied() ? name.denied : name.allowed;
    if (!side.is_touched) {
        side.before = before.describe(was);
        side.after = after.describe(is);
        side.is_touched = true;
    }
    side.queries += asked.queries;
    if (!asked.device) return;
    ++side.devices;
    (is.is_denied() ? denied_ : allowed_).insert(*asked.device);
}

TrialSums Trial::sums() const {
    TrialSums sums{.names = static_cast<std::int64_t>(names_.size()),
                   .devices = static_cast<std::int64_t>(devices_.size()),
                   .denied_devices = static_cast<std::int64_t>(denied_.size()),
                   .allowed_devices = static_cast<std::int64_t>(allowed_.size())};
    for (const auto& [text, name] : names_) {
        sums.denied_names += name.denied.is_touched ? 1 : 0;
        sums.denied_queries += name.denied.queries;
        sums.allowed_names += name.allowed.is_touched ? 1 : 0;
        sums.allowed_queries += name.allowed.queries;
    }
    return sums;
}

std::vector<TrialName> Trial::top(Turned turned, std::size_t most) const {
    std::vector<TrialName> names;
    for (const auto& [text, name] : names_) {
        const auto& side = turned == Turned::Denied ? name.denied : name.allowed;
        if (!side.is_touched) continue;
        names.push_back({.name = text,
                         .devices = side.devices,
                         .devices_asked = name.asked,
                         .queries = side.queries,
                         .before = side.before,
                         .after = side.after});
    }
    const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size()));
    std::ranges::partial_sort(names, end, [](const TrialName& left, const TrialName& right) {
        return std::tie(right.devices, right.queries, left.name) < std::tie(left.devices, left.queries, right.name);
    });
    names.erase(end, names.end());
    return names;
}

namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_names = 500;
/// Names times devices of one router: some hundred megabytes of work for a second or two.
constexpr int most_pairs = 300'000;

struct TrialPayload {
    WallTime from{}, at{};
    TrialSums sums{};
    std::vector<TrialName> denied{}, allowed{};
    std::vector<std::string> unknown_tags{};
    db::NamedBytes unnamed{};
    bool is_cut = false;
    std::vector<PolicyError> errors{};
};

struct TrialPlace {
    db::Tenant tenant{};
    std::vector<std::string> routers{};
    bool is_event = false;
};
/// The routers that the input means; NOT_FOUND like every place that the caller may not see.
Task<std::expected<TrialPlace, FieldError>> place_of(Call& call, graphql::Fields input) {
    if (const auto& id = input["routerId"]; !id.is_null()) {
        const auto found = co_await require_router(call, std::string{id.text()});
        if (!found) co_return std::unexpected{found.error()};
        co_return TrialPlace{.tenant = found->tenant, .routers = {found->router.id}, .is_event = !found->router.event.empty()};
    }
    const auto found = co_await find_event(call, std::string{input["eventId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return graphql::field_error("No such event.", "NOT_FOUND");
    TrialPlace place{.tenant = (*found)->tenant, .routers = {}, .is_event = true};
    const auto all = co_await db::routers(call.services.pool, place.tenant);
    if (!all) co_return std::unexpected{FieldError{all.error()}};
    for (const auto& router : *all)
        if (router.event == (*found)->event.id) place.routers.push_back(router.id);
    co_return place;
}

using Edit = std::function<model::Problems(model::Policy&)>;

/// What makes the policy to try of the one that is decided.
Task<std::expected<std::expected<Edit, PolicyError>, FieldError>> edit_of(Call& call, graphql::Fields input, bool is_event) {
    using Made = std::expected<Edit, PolicyError>;
    if (const auto& given = input["document"]; !given.is_null()) {
        auto document = to_json(given, model::max_configuration_bytes);
        if (!document)
            co_return Made{std::unexpected{PolicyError{.code = "INVALID", .message = document.error().detail, .path = ""}}};
        co_return Made{db::replacement(*std::move(document), is_event ? db::Frame::Stays : db::Frame::Default)};
    }
    auto source = co_await find_source(call, input);
    if (!source) co_return std::unexpected{std::move(source).error()};
    if (!*source)
        co_return Made{
            std::unexpected{PolicyError{.code = "NOT_FOUND", .message = "There is no such policy.", .path = "policy"}}};
    co_return Made{loading({.policy = std::move((*source)->policy)}, is_event)};
}

/// Asks both policies of one router about each of its names; problems of the policy go into the payload.
Task<std::expected<void, FieldError>> try_on(Call& call, db::Tenant tenant, std::string router, Edit edit,
                                             std::shared_ptr<Trial> trial, TrialPayload& payload) {
    auto decided = co_await db::policy(call.services.pool, tenant, router);
    if (!decided) co_return std::unexpected{FieldError{std::move(decided).error()}};
    auto tried = *decided;
    for (const auto& problem : edit(tried.policy)) payload.errors.push_back(to_policy_error(problem));
    if (!payload.errors.empty()) co_return std::expected<void, FieldError>{};
    for (const auto& name : call.services.public_names)  // As deciding would: db::PolicyEdit::never_blocked.
        if (std::ranges::find(tried.policy.never_blocked, name) == tried.policy.never_blocked.end())
            tried.policy.never_blocked.push_back(name);
    const auto before = co_await policy_at(call, *std::move(decided), payload.at);
    if (!before) co_return std::unexpected{FieldError{before.error()}};
    const auto after = co_await policy_at(call, std::move(tried), payload.at);
    if (!after) co_return std::unexpected{FieldError{after.error()}};
    for (const auto& tag : (*after)->engine.unknown_tags())
        if (std::ranges::find(payload.unknown_tags, tag) == payload.unknown_tags.end()) payload.unknown_tags.push_back(tag);
    const auto is_cut = co_await db::visit_asked_names(call.services.pool, tenant, std::move(router), most_pairs,
                                                       [trial, before = *before, after = *after](const db::AskedName& asked) {
                                                           trial->add(before->engine, after->engine, asked);
                                                       });
    if (!is_cut) co_return std::unexpected{FieldError{is_cut.error()}};
    payload.is_cut = payload.is_cut || *is_cut;
    co_return std::expected<void, FieldError>{};
}

Task<std::expected<void, FieldError>> add_bytes(Call& call, const TrialPlace& place, TrialPayload& payload) {
    std::vector<std::string> names{""};
    for (const auto* list : {&payload.denied, &payload.allowed})
        for (const auto& name : *list) names.push_back(name.name);
    const auto bytes = co_await db::bytes_of_names(call.services.pool, place.tenant, place.routers, std::move(names));
    if (!bytes) co_return std::unexpected{FieldError{bytes.error()}};
    for (auto* list : {&payload.denied, &payload.allowed})
        for (auto& name : *list)
            if (const auto found = bytes->find(name.name); found != bytes->end()) name.bytes = found->second;
    if (const auto found = bytes->find(""); found != bytes->end()) payload.unnamed = found->second;
    co_return std::expected<void, FieldError>{};
}

Task<Resolved> policy_trial(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const auto first = static_cast<int>(input["first"].integer());
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto place = co_await place_of(call, input["place"].fields());
    if (!place) co_return std::unexpected{place.error()};
    if (first < 1 || first > most_names) co_return graphql::field_error("`first` must be 1 to 500.", "BAD_USER_INPUT");
    const auto edit = co_await edit_of(call, input["policy"].fields(), place->is_event);
    if (!edit) co_return std::unexpected{edit.error()};
    if (!*edit) co_return refused<TrialPayload>(edit->error());

    TrialPayload payload{.from = wall_now() - std::chrono::hours{24}, .at = wall_now()};
    if (const auto& at = input["at"]; !at.is_null()) payload.at = *parse_date_time(at.text());
    const auto trial = std::make_shared<Trial>();  // Shared: the pool's thread works on it even when nobody waits any more.
    for (const auto& router : place->routers) {
        auto tried = co_await try_on(call, place->tenant, router, **edit, trial, payload);
        if (!tried) co_return std::unexpected{std::move(tried).error()};
        if (!payload.errors.empty()) co_return Value{Object::make(TrialPayload{.errors = std::move(payload.errors)})};
    }
    payload.sums = trial->sums();
    payload.denied = trial->top(Trial::Turned::Denied, static_cast<std::size_t>(first));
    payload.allowed = trial->top(Trial::Turned::Allowed, static_cast<std::size_t>(first));
    if (auto added = co_await add_bytes(call, *place, payload); !added) co_return std::unexpected{std::move(added).error()};
    co_return Value{Object::make(std::move(payload))};
}

graphql::List texts(const std::vector<std::string>& values) {
    graphql::List list;
    for (const auto& value : values) list.push_back(Value::borrowed(value));
    return list;
}

}  // namespace

void add_policy_trial(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "policyTrial", root(policy_trial));
    resolvers.of<TrialName>("PolicyTrialName")
        .field("name", &TrialName::name)
        .field("deviceCount", &TrialName::devices)
        .field("askedBy", &TrialName::devices_asked)
        .field("queries", &TrialName::queries)
        .field("ruleBefore", &TrialName::before)
        .field("ruleAfter", &TrialName::after)
        .field("bytesUp", [](const TrialName& name) { return Value{name.bytes.up}; })
        .field("bytesDown", [](const TrialName& name) { return Value{name.bytes.down}; });
    resolvers.of<TrialSums>("PolicyTrialSums")
        .field("names", &TrialSums::names)
        .field("devices", &TrialSums::devices)
        .field("deniedNames", &TrialSums::denied_names)
        .field("deniedDevices", &TrialSums::denied_devices)
        .field("deniedQueries", &TrialSums::denied_queries)
        .field("allowedNames", &TrialSums::allowed_names)
        .field("allowedDevices", &TrialSums::allowed_devices)
        .field("allowedQueries", &TrialSums::allowed_queries);
    resolvers.of<TrialPayload>("PolicyTrial")
        .field("from", [](const TrialPayload& payload) { return to_date_time(payload.from); })
        .field("at", [](const TrialPayload& payload) { return to_date_time(payload.at); })
        .field("sums", [](const TrialPayload& payload) { return Value{Object::borrowed(payload.sums)}; })
        .field("denied", [](const TrialPayload& payload) { return borrowed_list(payload.denied); })
        .field("allowed", [](const TrialPayload& payload) { return borrowed_list(payload.allowed); })
        .field("unknownTags", [](const TrialPayload& payload) { return Value{texts(payload.unknown_tags)}; })
        .field("unnamedBytesUp", [](const TrialPayload& payload) { return Value{payload.unnamed.up}; })
        .field("unnamedBytesDown", [](const TrialPayload& payload) { return Value{payload.unnamed.down}; })
        .field("isCut", &TrialPayload::is_cut)
        .field("errors", [](const TrialPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
