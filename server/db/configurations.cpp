// SQL of configuration revisions.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/configurations.hpp"

#include <algorithm>

#include "server/db/arrays.hpp"
#include "server/db/rolled_policy.hpp"
#include "server/db/together.hpp"

namespace vivi::db {
namespace {

using Outcome = PolicyChange::Outcome;
using Documents = std::map<std::int64_t, model::Configuration>;

Result<Documents> read_documents(Transaction& transaction, const std::string& router,
                                 const std::vector<std::int64_t>& revisions) {
    ArrayLiteral numbers;
    for (const auto revision : revisions) numbers.add(revision);
    Documents found;
    for (const auto& row : transaction.run("select revision, document::text from configurations where router_id = $1"
                                           " and organisation_id = current_organisation() and revision = any($2::bigint[])",
                                           router, numbers.text())) {
        const auto json = model::parse_json(row[1].as<std::string>());
        if (!json) return std::unexpected{json.error()};
        auto configuration = model::parse_configuration(*json);
        if (!configuration) return failed(Code::Internal, "stored configuration: " + configuration.error().front());
        found.emplace(row[0].as<std::int64_t>(), *std::move(configuration));
    }
    return found;
}

std::vector<Mac> bans_of(const model::Policy& policy) {
    std::vector<Mac> bans;
    for (const auto& rule : policy.devices) {
        if (is_ban(rule, policy)) bans.push_back(rule.device);
    }
    return bans;
}

/// What the old revision says of this router alone.
void take_own_members(Decided& decided, const model::Configuration& old) {
    auto& configuration = decided.configuration;
    const auto before = configuration;
    configuration.networks = old.networks;
    configuration.uplink = old.uplink;
    configuration.dns = old.dns;
    configuration.firewall = old.firewall;
    configuration.monitoring = old.monitoring;
    configuration.contact = old.contact;
    decided.is_changed = configuration != before;
}

model::Problems problems_of(const model::Policy& policy) {
    model::Problems problems;
    model::parse_policy(model::to_json(policy), "/policy", problems);
    return problems;
}

Status write(Transaction& transaction, Together& together, const RollBack& request) {
    model::Json detail{{"to", request.to_revision}, {"revision", request.base_revision + 1}};
    if (!together.event.id.empty()) detail["event"] = together.event.id;
    return write_together(transaction, together,
                          {.user = request.actor.user,
                           .address = request.actor.address,
                           .action = "configuration.rolled_back",
                           .target = request.router,
                           .detail = detail.dump()});
}

Result<RolledBack> go_back(Transaction& transaction, const RollBack& request) {
    auto together = lock_together(transaction, request.router);
    if (!together) return std::unexpected{std::move(together).error()};
    const auto decided = std::ranges::find(together->routers, request.router, &Decided::router);
    RolledBack result{.desired_revision = decided->desired_revision};
    if (request.base_revision != decided->desired_revision) {
        result.outcome = Outcome::Conflict;
        return result;
    }
    const auto documents = read_documents(transaction, request.router, {request.to_revision});
    if (!documents) return std::unexpected{documents.error()};
    if (documents->empty()) return failed(Code::NotFound, "no such revision");
    const auto& old = documents->begin()->second;
    const auto before = decided->configuration;

    together->policy = rolled_back(old.policy, before.policy);
    take_own_members(*decided, old);
    result.problems = problems_of(together->policy);
    auto after = decided->configuration;
    after.policy = together->policy;
    result.changes = model::diff(before, after);
    const auto old_bans = bans_of(old.policy);
    for (const auto& mac : bans_of(together->policy)) {
        if (std::ranges::find(old_bans, mac) == old_bans.end()) result.kept_bans.push_back(to_string(mac));
    }
    if (!result.problems.empty()) result.outcome = Outcome::Refused;
    if (!result.problems.empty() || result.changes.empty()) return result;
    if (auto written = write(transaction, *together, request); !written) {
        result.outcome = Outcome::Refused;
        result.problems = {": " + written.error().detail};
        return result;
    }
    result.outcome = Outcome::Changed;
    result.desired_revision = decided->desired_revision;
    result.routers = new_revisions(*together);
    return result;
}

}  // namespace

Task<Result<RevisionPage>> configuration_revisions(Pool& pool, Tenant tenant, RevisionQuery query) {
    const std::function<Result<RevisionPage>(Transaction&)> body = [query](Transaction& transaction) -> Result<RevisionPage> {
        const auto sql = "select c.revision, " + unix_ms("c.created_at") +
                         ", coalesce(u.name, ''), c.action, c.revision = r.desired_revision, c.revision = r.applied_revision,"
                         " c.organisation_id::text from configurations c join routers r on r.id = c.router_id"
                         " left join users u on u.id = c.created_by where c.router_id = $1"
                         " and c.organisation_id = current_organisation() and r.state = 'accepted'"
                         " and ($2::bigint < 0 or c.revision < $2::bigint) order by c.revision desc limit $3::int";
        RevisionPage page;
        for (const auto& row : transaction.run(sql, query.router, query.after.value_or(-1), query.first + 1))
            page.rows.push_back({.organisation = row[6].as<std::string>(),
                                 .router = query.router,
                                 .revision = row[0].as<std::int64_t>(),
                                 .created_at = from_unix_ms(row[1].as<std::int64_t>()),
                                 .author = row[2].as<std::string>(),
                                 .action = row[3].as<std::string>(),
                                 .is_desired = row[4].as<bool>(),
                                 .is_applied = row[5].as<bool>()});
        page.has_next = page.rows.size() > static_cast<std::size_t>(query.first);
        if (page.has_next) page.rows.pop_back();
        return page;
    };
    auto page = co_await pool.transact<RevisionPage>(std::move(tenant), body);
    co_return page;
}

Task<Result<Documents>> configurations(Pool& pool, Tenant tenant, std::string router, std::vector<std::int64_t> revisions) {
    const std::function<Result<Documents>(Transaction&)> body = [router, revisions](Transaction& transaction) {
        return read_documents(transaction, router, revisions);
    };
    auto found = co_await pool.transact<Documents>(std::move(tenant), body);
    co_return found;
}

Task<Result<RolledBack>> roll_back(Pool& pool, Tenant tenant, RollBack request) {
    const std::function<Result<RolledBack>(Transaction&)> body = [request](Transaction& transaction) {
        return go_back(transaction, request);
    };
    auto result = co_await pool.transact<RolledBack>(std::move(tenant), body);
    co_return result;
}

}  // namespace vivi::db
