// SQL of contacts.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/contacts.hpp"

#include "server/db/arrays.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

using Contacts = std::map<std::string, std::string>;

Result<std::optional<NewRevision>> change_contact(Transaction& transaction, const ContactChange& change) {
    auto decided = lock_decided(transaction, change.router);
    if (!decided) return std::unexpected{std::move(decided).error()};
    if (decided->configuration.contact == change.contact) return std::optional<NewRevision>{};
    decided->configuration.contact = change.contact;
    if (const auto checked = model::parse_configuration(model::to_json(decided->configuration)); !checked)
        return failed(Code::Invalid, checked.error().front());
    const auto written =
        write_revision(transaction, *decided,
                       {.user = change.actor.user,
                        .address = change.actor.address,
                        .action = "configuration.contact",
                        .target = change.router,
                        .detail = model::Json{{"contact", change.contact}, {"revision", decided->desired_revision + 1}}.dump()});
    if (!written) return std::unexpected{written.error()};
    return std::optional{NewRevision{.router = decided->router,
                                     .organisation = decided->organisation,
                                     .desired_revision = decided->desired_revision,
                                     .revision = decided->revision}};
}

}  // namespace

Task<Result<Contacts>> contacts(Pool& pool, Tenant tenant, std::vector<std::string> routers) {
    const std::function<Result<Contacts>(Transaction&)> body = [&routers](Transaction& transaction) -> Result<Contacts> {
        ArrayLiteral ids;
        for (const auto& router : routers) ids.add(router);
        Contacts found;
        for (const auto& row : transaction.run("select r.id::text, coalesce(c.document->>'contact', '') from routers r"
                                               " join configurations c on c.router_id = r.id and c.revision = r.desired_revision"
                                               " where r.id = any($1::uuid[]) and r.organisation_id = current_organisation()",
                                               ids.text()))
            found.emplace(row[0].as<std::string>(), row[1].as<std::string>());
        return found;
    };
    auto found = co_await pool.transact<Contacts>(std::move(tenant), body);
    co_return found;
}

Task<Result<std::optional<NewRevision>>> set_contact(Pool& pool, Tenant tenant, ContactChange change) {
    const std::function<Result<std::optional<NewRevision>>(Transaction&)> body = [&change](Transaction& transaction) {
        return change_contact(transaction, change);
    };
    auto changed = co_await pool.transact<std::optional<NewRevision>>(std::move(tenant), body);
    co_return changed;
}

}  // namespace vivi::db
