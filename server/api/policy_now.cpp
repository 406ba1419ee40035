// Compiling the policy of one moment.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_now.hpp"

#include "common/policy/schedule.hpp"
#include "common/policy/strict.hpp"
#include "server/api/asking.hpp"

namespace vivi::api {

Task<Result<std::shared_ptr<const PolicyNow>>> policy_at(Call& call, db::RouterPolicy decided, WallTime at) {
    const auto zone = call.services.catalogues.zone(decided.policy.time_zone);
    if (!zone) co_return std::unexpected{zone.error()};
    auto catalogue = co_await catalogue_for(call, decided);
    if (!catalogue) co_return std::unexpected{std::move(catalogue).error()};
    const auto effective = policy::effective(policy::with_strictness(decided.policy, decided.is_strict), *zone, at);
    auto now = std::make_shared<PolicyNow>();
    now->catalogue = *std::move(catalogue);
    now->rules = policy::compile(effective, decided.desired_revision);
    const auto engine = policy::Engine::open(now->rules, now->catalogue->catalogue);
    if (!engine) co_return std::unexpected{engine.error()};
    now->engine = *engine;
    co_return now;
}

policy::Subject anybody(const policy::Engine& engine) {
    return {.view = policy::everybody, .standing = policy::Standing::Admitted, .mode = engine.mode()};
}

}  // namespace vivi::api
