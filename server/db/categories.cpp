// SQL of the shared list; what leaves an organisation is counted in its own transaction, and only the name goes on.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/categories.hpp"

#include <algorithm>
#include <set>

#include "common/model/event.hpp"
#include "common/policy/suffix.hpp"
#include "server/db/arrays.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

constexpr int enough_devices = 5;
constexpr int most_offers = 1'000;  ///< An organisation's at once.

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

/// The longest run of characters that `belongs` to it, within labels.
template <class Belongs>
std::size_t longest_run(std::string_view name, Belongs belongs) {
    std::size_t longest = 0, run = 0;
    for (const char c : name) {
        run = belongs(c) ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

// Names nobody can register, or that mean another thing in each network (RFC 6761, RFC 6762, RFC 8375).
bool is_local(std::string_view name) {
    static const std::set<std::string_view> local{"local",    "localhost", "test", "invalid", "example", "onion",      "arpa",
                                                  "internal", "intranet",  "lan",  "home",    "corp",    "localdomain"};
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos || local.contains(name.substr(dot + 1));
}

Result<std::int64_t> decide(Transaction& transaction, const CategoryDecision& decision) {
    if (!decision.category.empty() && transaction.run("select 1 from categories where name = $1", decision.category).empty())
        return failed(Code::NotFound, "no such category");
    const auto row = transaction.run(
        "insert into domain_categories (domain, category, decided_by, source)"
        " values ($1, nullif($2, ''), nullif($3, '')::uuid, 'staff') returning version",
        decision.domain, decision.category, decision.user);
    transaction.run("update uncategorised_domains set state = $2 where domain = $1", decision.domain,
                    decision.category.empty() ? "refused" : "decided");
    write_audit(transaction,
                {.user = decision.user,
                 .address = decision.address,
                 .action = "category.decided",
                 .target = decision.domain,
                 .detail = model::Json{{"category", decision.category}, {"version", row[0][0].as<std::int64_t>()}}.dump()});
    return row[0][0].as<std::int64_t>();
}

/// Their registrable domains; only what is new to this organisation counts for the queue.
int offer(Transaction& transaction) {
    std::set<std::string> domains;
    for (const auto& row : transaction.run(
             "select distinct key from traffic_5m where organisation_id = current_organisation() and kind = 'name'"
             " and devices >= $1 and key <> '' and at > now() - interval '24 hours' and category_of(key) = '' limit $2",
             enough_devices, most_offers))
        if (auto domain = shareable(row[0].as<std::string>())) domains.insert(*std::move(domain));
    ArrayLiteral names;
    for (const auto& domain : domains) names.add(domain);
    if (names.empty()) return 0;
    const auto added = transaction.run(
        "with new as (insert into domain_offers (organisation_id, domain) select current_organisation(), d from "
        "unnest($1::text[]) d"
        " where category_of(d) = '' on conflict do nothing returning domain)"
        " insert into uncategorised_domains as u (domain) select domain from new"
        " on conflict (domain) do update set organisations = u.organisations + 1, last_at = now() returning organisations",
        names.text());
    return static_cast<int>(std::ranges::count_if(added, [](const auto& row) { return row[0].template as<int>() == 1; }));
}

}  // namespace

Task<Result<std::vector<Category>>> categories(Pool& pool) {
    using Found = std::vector<Category>;
    const std::function<Result<Found>(Transaction&)> body = [](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(
                 "select name, is_sensitive, count(d.domain) from categories c left join (select distinct on (domain) domain, "
                 "category from domain_categories order by domain, version desc) d on d.category = c.name group by 1, 2 order by "
                 "1"))
            found.push_back({row[0].as<std::string>(), row[1].as<bool>(), row[2].as<std::int64_t>()});
        return found;
    };
    auto found = co_await pool.transact<Found>({}, body);
    co_return found;
}

Task<Result<WaitingPage>> waiting_domains(Pool& pool, int first, std::optional<WaitingPlace> after) {
    const std::function<Result<WaitingPage>(Transaction&)> body = [=](Transaction& transaction) -> Result<WaitingPage> {
        const auto sql =
            "select number, domain, organisations, " + unix_ms("first_at") + ", " + unix_ms("last_at") +
            " from uncategorised_domains where state = 'waiting'"
            " and ($1::bigint < 0 or organisations < $1::bigint or (organisations = $1::bigint and number > $2::bigint))"
            " order by organisations desc, number limit $3";
        WaitingPage page;
        for (const auto& row : transaction.run(sql, after ? after->organisations : -1, after ? after->number : 0, first + 1))
            page.rows.push_back({.number = row[0].as<std::int64_t>(),
                                 .domain = row[1].as<std::string>(),
                                 .organisations = row[2].as<std::int64_t>(),
                                 .first_at = from_unix_ms(row[3].as<std::int64_t>()),
                                 .last_at = from_unix_ms(row[4].as<std::int64_t>())});
        page.has_next = page.rows.size() > static_cast<std::size_t>(first);
        if (page.has_next) page.rows.pop_back();
        return page;
    };
    auto page = co_await pool.transact<WaitingPage>({}, body);
    co_return page;
}

Task<Result<std::int64_t>> decide_category(Pool& pool, CategoryDecision decision) {
    const std::function<Result<std::int64_t>(Transaction&)> body = [=](Transaction& transaction) {
        return decide(transaction, decision);
    };
    auto version = co_await pool.transact<std::int64_t>({}, body);
    co_return version;
}

Task<Result<bool>> sharing(Pool& pool, Tenant tenant) {
    const std::function<Result<bool>(Transaction&)> body = [](Transaction& transaction) -> Result<bool> {
        const auto rows =
            transaction.run("select is_enabled from sharing_settings where organisation_id = current_organisation()");
        return !rows.empty() && rows[0][0].as<bool>();
    };
    auto found = co_await pool.transact<bool>(std::move(tenant), body);
    co_return found;
}

Task<Status> set_sharing(Pool& pool, Tenant tenant, bool is_enabled, std::string user, std::string address) {
    const auto organisation = tenant.organisation;
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        transaction.run(
            "insert into sharing_settings (organisation_id, is_enabled) values (current_organisation(), $1)"
            " on conflict (organisation_id) do update set is_enabled = excluded.is_enabled, updated_at = now()",
            is_enabled);
        write_audit(transaction, {.user = user,
                                  .address = address,
                                  .action = "sharing.set",
                                  .target = organisation,
                                  .detail = model::Json{{"enabled", is_enabled}}.dump()});
        return true;
    };
    const auto done = co_await pool.transact<bool>(std::move(tenant), body);
    if (!done) co_return std::unexpected{done.error()};
    co_return Status{};
}

std::optional<std::string> shareable(std::string_view name) {
    if (name.size() > 253 || is_local(name) || longest_run(name, is_digit) >= 6 || longest_run(name, is_hexadecimal) >= 16)
        return std::nullopt;
    return std::string{policy::registrable_domain(name)};
}

Task<Result<int>> offer_domains(Pool& pool) {
    using Found = std::vector<std::string>;
    const std::function<Result<Found>(Transaction&)> who = [](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run("select organisation_id::text from sharing_settings where is_enabled"))
            found.push_back(row[0].as<std::string>());
        return found;
    };
    const std::function<Result<int>(Transaction&)> body = [](Transaction& transaction) -> Result<int> {
        return offer(transaction);
    };
    const auto all = co_await pool.transact<Found>({}, who);
    if (!all) co_return std::unexpected{all.error()};
    int fresh = 0;
    for (const auto& organisation : *all) {
        const auto added = co_await pool.transact<int>({organisation}, body);
        if (!added) co_return std::unexpected{added.error()};
        fresh += *added;
    }
    co_return fresh;
}

}  // namespace vivi::db
