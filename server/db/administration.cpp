// SQL of the operator's commands.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/administration.hpp"

#include "common/model/configuration.hpp"
#include "common/model/profile.hpp"
#include "server/db/as_owner.hpp"
#include "server/db/edit_policy.hpp"
#include "server/db/keep_list.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

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
