// What is asked of the lists: which categories a name is put to, by the shipped lists and those a policy names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/api/call.hpp"
#include "server/api/catalogues.hpp"
#include "server/db/policies.hpp"

namespace vivi::api {

struct NameTag {
    policy::TagKind kind = policy::TagKind::Category;
    std::string name{};
    bool is_exception = false;
};

/// What holds for a normalised name, the most specific first.
std::vector<NameTag> tags_of(const policy::Catalogue& catalogue, const std::string& name);

/// The catalogue of the shipped lists and of what this policy names; texts that are not there decide nothing, as on the router.
Task<Result<std::shared_ptr<const BuiltCatalogue>>> catalogue_for(Call& call, db::RouterPolicy decided);

}  // namespace vivi::api
