// SQL of kept profiles.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/profiles.hpp"

#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr int most_versions = 10'000;

std::string profile_query(std::string_view condition) {
    return "select id::text, organisation_id::text, name, description, (extract(epoch from created_at) * 1000000)::bigint,"
           " (select coalesce(max(version), 0) from profile_versions v where v.profile_id = profiles.id)"
           " from profiles where organisation_id = current_organisation() and deleted_at is null" +
           std::string{condition};
}

KeptProfile to_profile(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .organisation = row[1].as<std::string>(),
            .name = row[2].as<std::string>(),
            .description = row[3].as<std::string>(),
            .created_us = row[4].as<std::int64_t>(),
            .version = row[5].as<int>()};
}

Result<KeptProfile> load(Transaction& transaction, const std::string& id) {
    const auto rows = transaction.run(profile_query(" and id = $1"), id);
    if (rows.empty()) return failed(Code::NotFound, "no such profile");
    return to_profile(rows[0]);
}

void audit(Transaction& transaction, const Actor& actor, std::string action, const std::string& id, const model::Json& detail) {
    write_audit(transaction, {.user = actor.user,
                              .address = actor.address,
                              .action = std::move(action),
                              .target = id,
                              .detail = detail.dump(-1, ' ', false, model::Json::error_handler_t::replace)});
}

/// The profile of that name, locked; it is made when there is none.
std::string take_name(Transaction& transaction, const NewProfile& saved) {
    transaction.run(
        "insert into profiles (organisation_id, name, description, created_by)"
        " values (current_organisation(), $1, $2, nullif($3, '')::uuid)"
        " on conflict (organisation_id, name) where deleted_at is null do nothing",
        saved.profile.name, saved.profile.description, saved.actor.user);
    return transaction
        .run(
            "select id::text from profiles where organisation_id = current_organisation() and name = $1"
            " and deleted_at is null for update",
            saved.profile.name)[0][0]
        .as<std::string>();
}

Result<KeptProfile> save(Transaction& transaction, const NewProfile& saved) {
    const auto id = take_name(transaction, saved);
    const auto checksum = model::to_json(saved.profile).at("checksum").get<std::string>();
    const auto newest = transaction.run(
        "select version, checksum from profile_versions where profile_id = $1"
        " order by version desc limit 1",
        id);
    const auto version = newest.empty() ? 1 : newest[0][0].as<int>() + 1;
    if (version > most_versions) return failed(Code::Overflow, "the profile has 10000 versions");
    const bool is_same = !newest.empty() && newest[0][1].as<std::string>() == checksum;
    if (!is_same) {
        transaction.run(
            "insert into profile_versions (organisation_id, profile_id, version, policy, checksum, source, created_by)"
            " values (current_organisation(), $1, $2, $3::jsonb, $4, $5, nullif($6, '')::uuid)",
            id, version, model::to_json(saved.profile.policy).dump(), checksum, saved.source, saved.actor.user);
        transaction.run("update profiles set description = $2 where id = $1", id, saved.profile.description);
        audit(transaction, saved.actor, "profile.saved", id,
              {{"name", saved.profile.name}, {"version", version}, {"source", saved.source}});
    }
    return load(transaction, id);
}

}  // namespace

Task<Result<ProfilePage>> profiles(Pool& pool, Tenant tenant, ProfileQuery query) {
    const std::function<Result<ProfilePage>(Transaction&)> body = [query](Transaction& transaction) -> Result<ProfilePage> {
        ProfilePage page;
        const auto sql = profile_query(
            " and ($1::bigint < 0 or ((extract(epoch from created_at) * 1000000)::bigint, id) <"
            " ($1::bigint, nullif($2, '')::uuid)) order by created_at desc, id desc limit $3::int");
        for (const auto& row : transaction.run(sql, query.after_us.value_or(-1), query.after_id, query.first + 1))
            page.rows.push_back(to_profile(row));
        page.has_next = page.rows.size() > static_cast<std::size_t>(query.first);
        if (page.has_next) page.rows.pop_back();
        return page;
    };
    auto page = co_await pool.transact<ProfilePage>(std::move(tenant), body);
    co_return page;
}

Task<Result<KeptProfile>> profile(Pool& pool, Tenant tenant, std::string id) {
    const std::function<Result<KeptProfile>(Transaction&)> body = [id](Transaction& transaction) {
        return load(transaction, id);
    };
    auto found = co_await pool.transact<KeptProfile>(std::move(tenant), body);
    co_return found;
}

Task<Result<std::vector<ProfileVersion>>> profile_versions(Pool& pool, Tenant tenant, std::string id) {
    using Found = std::vector<ProfileVersion>;
    const std::function<Result<Found>(Transaction&)> body = [id](Transaction& transaction) -> Result<Found> {
        Found found;
        const auto sql =
            "select v.version, v.checksum, v.source, " + unix_ms("v.created_at") +
            ", coalesce(u.name, '') from profile_versions v left join users u on u.id = v.created_by"
            " where v.profile_id = $1 and v.organisation_id = current_organisation() order by v.version desc limit 100";
        for (const auto& row : transaction.run(sql, id))
            found.push_back({.version = row[0].as<int>(),
                             .checksum = row[1].as<std::string>(),
                             .source = row[2].as<std::string>(),
                             .created_at = from_unix_ms(row[3].as<std::int64_t>()),
                             .author = row[4].as<std::string>()});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

Task<Result<model::Profile>> profile_document(Pool& pool, Tenant tenant, std::string id, std::optional<int> version) {
    const std::function<Result<model::Profile>(Transaction&)> body = [=](Transaction& transaction) -> Result<model::Profile> {
        const auto kept = load(transaction, id);
        if (!kept) return std::unexpected{kept.error()};
        const auto rows = transaction.run("select policy::text from profile_versions where profile_id = $1 and version = $2", id,
                                          version.value_or(kept->version));
        if (rows.empty()) return failed(Code::NotFound, "no such version");
        const auto json = model::parse_json(rows[0][0].as<std::string>());
        if (!json) return std::unexpected{json.error()};
        model::Problems problems;
        auto policy = model::parse_policy(*json, "", problems);
        if (!problems.empty()) return failed(Code::Internal, "stored profile: " + problems.front());
        return model::Profile{.name = kept->name, .description = kept->description, .policy = std::move(policy)};
    };
    auto found = co_await pool.transact<model::Profile>(std::move(tenant), body);
    co_return found;
}

Task<Result<KeptProfile>> save_profile(Pool& pool, Tenant tenant, NewProfile saved) {
    const std::function<Result<KeptProfile>(Transaction&)> body = [saved](Transaction& transaction) {
        return save(transaction, saved);
    };
    auto kept = co_await pool.transact<KeptProfile>(std::move(tenant), body);
    co_return kept;
}

Task<Result<KeptProfile>> rename_profile(Pool& pool, Tenant tenant, std::string id, std::string name, std::string description,
                                         Actor actor) {
    const std::function<Result<KeptProfile>(Transaction&)> body = [=](Transaction& transaction) -> Result<KeptProfile> {
        const auto taken = transaction.run(
            "select 1 from profiles where organisation_id = current_organisation() and name = $2"
            " and deleted_at is null and id <> $1",
            id, name);
        if (!taken.empty()) return failed(Code::Conflict, "another profile has that name");
        const auto renamed = transaction.run(
            "update profiles set name = $2, description = $3 where id = $1"
            " and organisation_id = current_organisation() and deleted_at is null returning id",
            id, name, description);
        if (renamed.empty()) return failed(Code::NotFound, "no such profile");
        audit(transaction, actor, "profile.renamed", id, {{"name", name}});
        return load(transaction, id);
    };
    auto renamed = co_await pool.transact<KeptProfile>(std::move(tenant), body);
    co_return renamed;
}

Task<Status> delete_profile(Pool& pool, Tenant tenant, std::string id, Actor actor) {
    const std::function<Result<bool>(Transaction&)> body = [id, actor](Transaction& transaction) -> Result<bool> {
        const auto gone = transaction.run(
            "update profiles set deleted_at = now() where id = $1"
            " and organisation_id = current_organisation() and deleted_at is null returning name",
            id);
        if (gone.empty()) return failed(Code::NotFound, "no such profile");
        audit(transaction, actor, "profile.deleted", id, {{"name", gone[0][0].as<std::string>()}});
        return true;
    };
    auto gone = co_await pool.transact<bool>(std::move(tenant), body);
    if (!gone) co_return std::unexpected{std::move(gone).error()};
    co_return Status{};
}

}  // namespace vivi::db
