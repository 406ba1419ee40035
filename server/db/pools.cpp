// Pools: arithmetic of addresses, and SQL of leases over time.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/pools.hpp"

#include <set>

#include "server/db/arrays.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"
#include "server/db/unheard_alarms.hpp"

namespace vivi::db {
namespace {

constexpr std::chrono::minutes pace{30};
constexpr std::chrono::hours furthest{24};

bool is_usable(const model::Network& network, Ipv4 address) {
    const auto& prefix = network.address;
    return prefix.contains(address) && address != prefix.network() && address != prefix.broadcast() && address != prefix.address;
}

// A lease runs until it was ended, or until it runs out. Ends count before beginnings: an address that is handed on is one.
std::string use_sql() {
    return "with lease as (select router_id, network, address, granted_at as starts, coalesce(ended_at, expires_at) as ends"
           " from leases where organisation_id = current_organisation() and router_id = any($1::uuid[]) and state <> 'declined'"
           " and coalesce(ended_at, expires_at) > now() - interval '24 hours'),"
           " step as (select router_id, network, greatest(starts, now() - interval '24 hours') as at, 1 as by from lease"
           " where ends > starts union all select router_id, network, ends, -1 from lease where ends > starts and ends <= now()),"
           " level as (select router_id, network, at, sum(by) over (partition by router_id, network order by at, by) as used"
           " from step),"
           " peak as (select distinct on (router_id, network) router_id, network, used, at from level"
           " order by router_id, network, used desc, at)"
           " select lease.router_id::text, lease.network, count(distinct address) filter (where ends > now()),"
           " count(distinct address) filter (where starts <= now() - interval '30 minutes' and ends > now() - interval '30 "
           "minutes'), max(peak.used)::bigint, " +
           unix_ms("max(peak.at)") + " from lease join peak using (router_id, network) group by 1, 2";
}

struct Use {
    std::int64_t leased = 0, before = 0, peak = 0;
    WallTime peak_at{};
};

std::vector<AddressPool> pools_of(const model::Configuration& configuration, const std::string& router,
                                  const std::map<std::pair<std::string, std::string>, Use>& uses) {
    std::vector<AddressPool> pools;
    for (const auto& network : configuration.networks) {
        if (!network.dhcp) continue;
        AddressPool pool{.network = network.name,
                         .from = to_string(network.dhcp->from),
                         .to = to_string(network.dhcp->to),
                         .size = pool_size(network)};
        if (const auto use = uses.find({router, network.name}); use != uses.end()) {
            pool.leased = use->second.leased;
            pool.peak = std::max(use->second.peak, pool.leased);
            pool.peak_at = use->second.peak_at;
            pool.grown = use->second.leased - use->second.before;
        }
        pools.push_back(std::move(pool));
    }
    return pools;
}

// Of what is nearly full, or was: one statement for each pool that changes.
constexpr std::string_view raise_sql =
    "insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at)"
    " values (current_organisation(), $1, 'dhcp.pool', $2, $3::jsonb, now(), now())"
    " on conflict (router_id, kind, subject) where cleared_at is null do update set detail = excluded.detail, last_at = now()"
    " where alarms.detail <> excluded.detail or alarms.last_at < now() - interval '10 minutes' returning xmax = 0";
constexpr std::string_view clear_sql =
    "update alarms set cleared_at = now() where router_id = $1 and kind = 'dhcp.pool' and subject = $2 and cleared_at is null"
    " and organisation_id = current_organisation()";

int watch(Transaction& transaction) {
    int raised = 0;
    std::map<std::pair<std::string, std::string>, std::int64_t> leased;
    for (const auto& row : transaction.run(
             "select router_id::text, network, count(distinct address) from leases where organisation_id = current_organisation()"
             " and state = 'granted' and expires_at > now() group by 1, 2"))
        leased[{row[0].as<std::string>(), row[1].as<std::string>()}] = row[2].as<std::int64_t>();
    std::set<std::string> open;
    for (const auto& row : transaction.run("select router_id || '/' || subject from alarms where kind = 'dhcp.pool'"
                                           " and cleared_at is null and organisation_id = current_organisation()"))
        open.insert(row[0].as<std::string>());
    for (const auto& row : transaction.run("select id::text from routers where organisation_id = current_organisation()"
                                           " and state = 'accepted'")) {
        const auto router = row[0].as<std::string>();
        const auto decided = read_decided(transaction, router);
        if (!decided) continue;  // It has no configuration yet, and no pool.
        for (const auto& network : decided->configuration.networks) {
            if (!network.dhcp) continue;
            const auto found = leased.find({router, network.name});
            const auto used = found == leased.end() ? 0 : found->second, size = pool_size(network);
            const bool is_open = open.contains(router + '/' + network.name);
            if (used * 10 >= size * 9) {
                const model::Json detail{{"network", network.name}, {"used", used}, {"size", size}};
                const auto rows = transaction.run(raise_sql, router, network.name, detail.dump());
                if (!rows.empty() && rows[0][0].as<bool>()) ++raised;
            } else if (is_open && used * 100 < size * 85) {
                transaction.run(clear_sql, router, network.name);
            }
        }
    }
    return raised;
}

}  // namespace

std::int64_t pool_size(const model::Network& network) {
    if (!network.dhcp) return 0;
    const auto from = network.dhcp->from, to = network.dhcp->to;
    std::int64_t size = std::int64_t{to.value} - from.value + 1;
    for (const auto taken : {network.address.network(), network.address.broadcast(), network.address.address})
        if (from <= taken && taken <= to) --size;
    std::set<Ipv4> outside;
    for (const auto& reservation : network.dhcp->reservations)
        if (const auto at = reservation.address; at && is_usable(network, *at) && (*at < from || to < *at)) outside.insert(*at);
    return size + static_cast<std::int64_t>(outside.size());
}

std::optional<WallTime> full_at(const AddressPool& pool, WallTime now) {
    const auto left = pool.size - pool.leased;
    if (left <= 0) return now;
    if (pool.grown <= 0) return std::nullopt;
    const auto in = std::chrono::duration_cast<Milliseconds>(pace) * left / pool.grown;
    return in <= furthest ? std::optional{now + in} : std::nullopt;
}

Task<Result<std::map<std::string, std::vector<AddressPool>>>> address_pools(Pool& pool, Tenant tenant,
                                                                            std::vector<std::string> routers) {
    using Found = std::map<std::string, std::vector<AddressPool>>;
    const std::function<Result<Found>(Transaction&)> body = [routers](Transaction& transaction) -> Result<Found> {
        ArrayLiteral ids;
        for (const auto& router : routers) ids.add(std::string_view{router});
        std::map<std::pair<std::string, std::string>, Use> uses;
        for (const auto& row : transaction.run(use_sql(), ids.text()))
            uses[{row[0].as<std::string>(), row[1].as<std::string>()}] = {.leased = row[2].as<std::int64_t>(),
                                                                          .before = row[3].as<std::int64_t>(),
                                                                          .peak = row[4].as<std::int64_t>(),
                                                                          .peak_at = from_unix_ms(row[5].as<std::int64_t>())};
        Found found;
        for (const auto& router : routers) {
            const auto decided = read_decided(transaction, router);
            if (decided) found[router] = pools_of(decided->configuration, router, uses);
            if (!decided && decided.error().code != Code::NotFound && decided.error().code != Code::Conflict)
                return std::unexpected{decided.error()};
        }
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

Task<Result<int>> watch_pools(Pool& pool) {
    using Found = std::vector<std::string>;
    const std::function<Result<Found>(Transaction&)> who = [](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run("select distinct organisation_id::text from routers where state = 'accepted'"))
            found.push_back(row[0].as<std::string>());
        return found;
    };
    const std::function<Result<int>(Transaction&)> body = [](Transaction& transaction) -> Result<int> {
        end_unheard_alarms(transaction);
        return watch(transaction);
    };
    const auto all = co_await pool.transact<Found>({}, who);
    if (!all) co_return std::unexpected{all.error()};
    int raised = 0;
    for (const auto& organisation : *all) {
        const auto here = co_await pool.transact<int>({organisation}, body);
        if (!here) co_return std::unexpected{here.error()};
        raised += *here;
    }
    co_return raised;
}

}  // namespace vivi::db
