// Profiles kept on the server: policies with a name, in versions that are never changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/model/profile.hpp"
#include "server/db/events.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct KeptProfile {
    std::string id{};
    std::string organisation{};
    std::string name{};
    std::string description{};
    std::int64_t created_us = 0;  ///< Microseconds since 1970: its place in the list.
    int version = 0;              ///< The newest.
};
struct ProfileVersion {
    int version = 0;
    std::string checksum{};  ///< "sha256:…" of its policy.
    std::string source{};    ///< "router <uuid>", "event <uuid>" or "file".
    WallTime created_at{};
    std::string author{};  ///< Name; empty: somebody without one.
};

struct ProfileQuery {
    std::optional<std::int64_t> after_us{};  ///< With `after_id`: behind this profile.
    std::string after_id{};
    int first = 50;
};
struct ProfilePage {
    std::vector<KeptProfile> rows{};
    bool has_next = false;
};
/// Those of the organisation that are not deleted, the newest first.
Task<Result<ProfilePage>> profiles(Pool& pool, Tenant tenant, ProfileQuery query);
/// NotFound: deleted, or somebody else's.
Task<Result<KeptProfile>> profile(Pool& pool, Tenant tenant, std::string id);
/// The newest first; the newest 100.
Task<Result<std::vector<ProfileVersion>>> profile_versions(Pool& pool, Tenant tenant, std::string id);
/// The profile as a document; without `version` the newest. NotFound: profile or version.
Task<Result<model::Profile>> profile_document(Pool& pool, Tenant tenant, std::string id, std::optional<int> version);

struct NewProfile {
    model::Profile profile{};
    std::string source{};
    Actor actor{};
};
/// Keeps it: a profile of that name gets a version more (and the description), unless its newest says the same policy already.
/// Overflow: it has 10,000 versions.
Task<Result<KeptProfile>> save_profile(Pool& pool, Tenant tenant, NewProfile saved);

/// NotFound; Conflict: another profile has the name.
Task<Result<KeptProfile>> rename_profile(Pool& pool, Tenant tenant, std::string id, std::string name, std::string description,
                                         Actor actor);
/// Takes it off the list; its versions stay for the audit log. NotFound.
Task<Status> delete_profile(Pool& pool, Tenant tenant, std::string id, Actor actor);

}  // namespace vivi::db
