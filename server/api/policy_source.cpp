// Routers, events and profiles as sources of a policy.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_source.hpp"

#include <algorithm>

#include "server/api/events.hpp"
#include "server/api/ids.hpp"

namespace vivi::api {
namespace {

using graphql::FieldError;
using Source = std::optional<SourcePolicy>;

Task<std::expected<Source, FieldError>> of_router(Call& call, std::string id) {
    const auto found = co_await find_router(call, std::move(id));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return Source{};
    const auto& [tenant, router] = **found;
    auto policy = co_await db::policy(call.services.pool, tenant, router.id);
    if (!policy) co_return std::unexpected{FieldError{std::move(policy).error()}};
    co_return Source{SourcePolicy{
        .tenant = tenant, .place = place_of(router), .words = "router " + router.id, .policy = std::move(policy->policy)}};
}

Task<std::expected<Source, FieldError>> of_event(Call& call, std::string id) {
    const auto found = co_await find_event(call, std::move(id));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return Source{};
    const auto& [tenant, event] = **found;
    auto policy = co_await db::event_policy(call.services.pool, tenant, event.id);
    if (!policy) co_return std::unexpected{FieldError{std::move(policy).error()}};
    co_return Source{SourcePolicy{
        .tenant = tenant, .place = place_of(event), .words = "event " + event.id, .policy = std::move(policy->policy)}};
}

Task<std::expected<Source, FieldError>> of_profile(Call& call, std::string id, std::optional<int> version) {
    const auto found = co_await find_profile(call, std::move(id));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return Source{};
    const auto& [tenant, profile] = **found;
    auto document = co_await db::profile_document(call.services.pool, tenant, profile.id, version);
    if (!document && document.error().code == Code::NotFound) co_return Source{};
    if (!document) co_return std::unexpected{FieldError{std::move(document).error()}};
    co_return Source{SourcePolicy{.tenant = tenant,
                                  .place = {.organisation = profile.organisation, .event = {}},
                                  .words = "profile " + profile.id,
                                  .policy = std::move(document->policy)}};
}

}  // namespace

Task<std::expected<std::optional<FoundProfile>, FieldError>> find_profile(Call& call, std::string id) {
    using Found = std::optional<FoundProfile>;
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Profile", id);
    if (!uuid) co_return Found{};
    const auto all = tenants(call, auth::Right::See);  // A copy: see find_router().
    for (const auto& tenant : all) {
        if (!may(call, auth::Right::See, {.organisation = tenant.organisation, .event = {}})) continue;
        auto profile = co_await db::profile(call.services.pool, tenant, *uuid);
        if (!profile && profile.error().code == Code::NotFound) continue;
        if (!profile) co_return std::unexpected{FieldError{std::move(profile).error()}};
        co_return Found{FoundProfile{.tenant = tenant, .profile = *std::move(profile)}};
    }
    co_return Found{};
}

std::function<model::Problems(model::Policy&)> loading(model::Profile profile, bool is_of_event) {
    return [profile = std::move(profile), is_of_event](model::Policy& policy) -> model::Problems {
        auto loaded = model::load(profile, policy);
        if (is_of_event) {
            loaded.time_zone = policy.time_zone;
            auto phases = policy.phases;
            for (const auto& phase : loaded.phases) {
                if (std::ranges::find(phases, phase.name, &model::Phase::name) == phases.end()) phases.push_back(phase);
            }
            loaded.phases = std::move(phases);
        }
        policy = std::move(loaded);
        return {};
    };
}

Task<std::expected<Source, FieldError>> find_source(Call& call, const graphql::Fields& input) {
    if (const auto& router = input["routerId"]; !router.is_null()) {
        auto found = co_await of_router(call, std::string{router.text()});
        co_return found;
    }
    if (const auto& event = input["eventId"]; !event.is_null()) {
        auto found = co_await of_event(call, std::string{event.text()});
        co_return found;
    }
    const auto& profile = input["profile"].fields();
    const auto version =
        profile["version"].is_null() ? std::nullopt : std::optional{static_cast<int>(profile["version"].integer())};
    auto found = co_await of_profile(call, std::string{profile["profileId"].text()}, version);
    co_return found;
}

}  // namespace vivi::api
