// SQL of the operator's commands.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/administration.hpp"

#include <pqxx/except.hxx>

#include "common/core/claim_code.hpp"
#include "common/core/crypto.hpp"
#include "common/model/configuration.hpp"
#include "common/model/profile.hpp"
#include "server/db/connection.hpp"
#include "server/db/custody.hpp"
#include "server/db/edit_policy.hpp"
#include "server/db/keep_list.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

/// One transaction as the owner; row-level security holds for the owner too, so the organisation is named first.
template <class Body>
Result<std::string> as_owner(const std::string& owner_url, Body body) {
    try {
        const auto connection = connect(owner_url, Deadline::Statements);
        pqxx::work work{*connection};
        Transaction transaction{work};
        Result<std::string> id = body(transaction);
        if (id) work.commit();
        return id;
    } catch (const pqxx::unique_violation& taken) {
        return failed(Code::Conflict, "it exists already (" + describe(taken).detail + ")");
    } catch (const std::exception& thrown) {
        return std::unexpected{describe(thrown)};
    }
}

void enter(Transaction& transaction, const std::string& organisation) {
    transaction.run("select set_config('vivi.organisation', $1, true)", organisation);
}

Status require_organisation(Transaction& transaction, const std::string& organisation) {
    enter(transaction, organisation);
    const auto rows = transaction.run("select 1 from organisations where id = current_organisation()");
    if (rows.empty()) return failed(Code::NotFound, "no organisation has the id " + organisation);
    return {};
}

/// The row of the key, accepted: a pending one is taken, an unknown one is made.
Result<std::string> take_router(Transaction& transaction, const NewRouter& router) {
    const auto known = transaction.run(
        "select id::text, state from routers where fingerprint = $1 and state <> 'returned' for update", router.fingerprint);
    if (!known.empty() && known[0][1].as<std::string>() != "pending")
        return failed(Code::Conflict, "the router " + known[0][0].as<std::string>() + " with this key is " +
                                          known[0][1].as<std::string>() + " already");
    if (known.empty())
        return transaction
            .run(
                "insert into routers (organisation_id, name, fingerprint, state) values ($1, $2, $3, 'accepted') returning "
                "id::text",
                router.organisation, router.name, router.fingerprint)[0][0]
            .as<std::string>();
    const auto id = known[0][0].as<std::string>();
    transaction.run("update routers set organisation_id = $2, name = $3, state = 'accepted' where id = $1", id,
                    router.organisation, router.name);
    return id;
}

/// Enters the organisation that has the router.
Status enter_of_router(Transaction& transaction, const std::string& router) {
    const auto rows = transaction.run(
        "select organisation_id::text from routers where id = $1 and state = 'accepted' and organisation_id is not null", router);
    if (rows.empty()) return failed(Code::NotFound, "no accepted router has the id " + router);
    enter(transaction, rows[0][0].as<std::string>());
    return {};
}

/// What a policy document, or a profile, makes of the policy.
Result<std::function<model::Problems(model::Policy&)>> edit_of(const std::string& text) {
    auto json = model::parse_json(text, model::max_configuration_bytes);
    if (!json) return std::unexpected{std::move(json).error().in("policy")};
    if (!json->is_object() || !json->contains("vivi")) return replacement(*std::move(json));
    auto profile = model::parse_profile(*json);
    if (!profile) return failed(Code::Invalid, lines_of("profile:", profile.error()));
    return [profile = *std::move(profile)](model::Policy& policy) -> model::Problems {
        policy = model::load(profile, policy);
        return {};
    };
}

bool is_of_event(Transaction& transaction, const std::string& router) {
    return !transaction.run("select 1 from routers where id = $1 and event_id is not null", router).empty();
}

}  // namespace

Result<std::string> create_organisation(const std::string& owner_url, const std::string& name) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        const auto id = transaction.run("select gen_random_uuid()::text")[0][0].as<std::string>();
        enter(transaction, id);
        transaction.run("insert into organisations (id, name) values ($1, $2)", id, name);
        return id;
    });
}

Result<std::string> create_user(const std::string& owner_url, const NewUser& user) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        // Staff need no organisation of their own.
        if (auto there = user.organisation.empty() ? Status{} : require_organisation(transaction, user.organisation); !there)
            return std::unexpected{there.error()};
        const auto id = transaction
                            .run(
                                "insert into users (email, name, password_hash, staff_role) values (lower($1), $2, $3, "
                                "nullif($4, '')) returning id::text",
                                user.email, user.name, user.password_hash, std::string{user.is_staff ? "admin" : ""})[0][0]
                            .as<std::string>();
        if (!user.organisation.empty())
            transaction.run("insert into memberships (organisation_id, user_id, role) values ($1, $2, $3)", user.organisation, id,
                            user.role);
        return id;
    });
}

Result<std::string> accept_router(const std::string& owner_url, const NewRouter& router) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        if (auto there = require_organisation(transaction, router.organisation); !there) return std::unexpected{there.error()};
        const auto id = take_router(transaction, router);
        if (!id) return id;
        const auto custody = transaction
                                 .run("insert into custodies (organisation_id, router_id) values ($1, $2) returning id::text",
                                      router.organisation, *id)[0][0]
                                 .as<std::string>();
        const auto document = first_document(router.configuration, custody);
        if (!document) return document;
        transaction.run(
            "insert into configurations (organisation_id, router_id, revision, document) values ($1, $2, 1, $3::jsonb)",
            router.organisation, *id, *document);
        transaction.run("update routers set custody_id = $2, desired_revision = 1, revision = revision + 1 where id = $1", *id,
                        custody);
        return id;
    });
}

Result<std::string> offer_claim_code(const std::string& owner_url, const std::string& fingerprint) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        transaction.run(
            "insert into routers (fingerprint) values ($1) on conflict (fingerprint) where state <> 'returned' do nothing",
            fingerprint);
        const auto code = make_claim_code(crypto::random_bytes(claim_code_characters));
        const auto rows = transaction.run("select offer_claim_code($1, decode($2, 'hex')) is not null", fingerprint,
                                          claim_code_hash(*parse_claim_code(code)));
        if (!rows[0][0].as<bool>()) return failed(Code::Conflict, "the router with this key is not pending: somebody has it");
        return code;
    });
}

Result<std::string> get_policy(const std::string& owner_url, const std::string& router) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        if (auto there = enter_of_router(transaction, router); !there) return std::unexpected{there.error()};
        const auto decided = read_decided(transaction, router);
        if (!decided) return std::unexpected{decided.error()};
        return model::to_json(decided->configuration.policy).dump(2);
    });
}

Result<std::string> set_policy(const std::string& owner_url, const OperatorsPolicy& policy) {
    const auto edit = edit_of(policy.text);
    if (!edit) return std::unexpected{edit.error()};
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        if (auto there = enter_of_router(transaction, policy.router); !there) return std::unexpected{there.error()};
        const auto change = edit_policy(transaction, {.router = policy.router,
                                                      .base_revision = policy.base_revision,
                                                      .edit = *edit,
                                                      .never_blocked = policy.never_blocked,
                                                      .action = "policy.replaced"});
        if (!change) return std::unexpected{change.error()};
        const auto revision = std::to_string(change->after.desired_revision);
        switch (change->outcome) {
            case PolicyChange::Outcome::Changed:
            case PolicyChange::Outcome::Same: return revision;
            case PolicyChange::Outcome::Conflict:
                return failed(Code::Conflict, "somebody was first: the desired revision is " + revision);
            case PolicyChange::Outcome::Refused: return failed(Code::Invalid, lines_of("policy:", change->problems));
        }
        return revision;
    });
}

Result<std::string> get_configuration(const std::string& owner_url, const std::string& router) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        if (auto there = enter_of_router(transaction, router); !there) return std::unexpected{there.error()};
        const auto decided = read_decided(transaction, router);
        if (!decided) return std::unexpected{decided.error()};
        return model::to_json(decided->configuration).dump(2);
    });
}

Result<std::string> set_configuration(const std::string& owner_url, const std::string& router, const std::string& text) {
    const auto members = model::parse_json(text, model::max_configuration_bytes);
    if (!members) return std::unexpected{members.error()};
    if (!members->is_object()) return failed(Code::Invalid, "configuration: must be a JSON object with the members to replace");
    for (const auto* fixed : {"v", "revision", "custody"}) {
        if (members->contains(fixed))
            return failed(Code::Invalid, "/" + std::string{fixed} + ": is not decided here; leave it out");
    }
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        if (auto there = enter_of_router(transaction, router); !there) return std::unexpected{there.error()};
        auto decided = lock_decided(transaction, router);
        if (!decided) return std::unexpected{std::move(decided).error()};
        if (members->contains("policy") && is_of_event(transaction, router))
            return failed(Code::Invalid, "/policy: belongs to the router's event; use set-policy");
        auto document = model::to_json(decided->configuration);
        for (const auto& [key, value] : members->items()) document[key] = value;
        auto configuration = model::parse_configuration(document);
        if (!configuration) return failed(Code::Invalid, lines_of("configuration:", configuration.error()));
        if (*configuration == decided->configuration) return std::to_string(decided->desired_revision);
        decided->configuration = *std::move(configuration);
        const AuditRow row{.action = "configuration.replaced",
                           .target = router,
                           .detail = model::Json{{"revision", decided->desired_revision + 1}}.dump()};
        if (auto written = write_revision(transaction, *decided, row); !written) return std::unexpected{written.error()};
        write_bans(transaction, *decided);
        return std::to_string(decided->desired_revision);
    });
}

Result<std::string> import_list(const std::string& owner_url, const std::string& organisation, const NewList& list) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        if (auto there = require_organisation(transaction, organisation); !there) return std::unexpected{there.error()};
        return keep_list(transaction, list).sha256;
    });
}

}  // namespace vivi::db
