// The lists that come with Vivi as the shared list of categories. Blocking; for vivi-server at its start, vivi-admin and tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "common/policy/list.hpp"

namespace vivi::db {

/// One name of a category's file.
struct ShippedDomain {
    std::string domain{};
    std::string category{};
};
/// The names of the files "categories/<category>.txt", by name; a name that several files have belongs to the first of them.
/// Pure.
std::vector<ShippedDomain> shipped_domains(const std::vector<policy::ListFile>& files);

/// Makes the shared list say what the files say: a version for each name that is new, moved or gone. What a person decided, here
/// or in Discord, stays. The result is how many names changed; again: 0. NotFound: a file's category is none.
Result<int> import_categories(const std::string& owner_url, const std::vector<policy::ListFile>& files);
/// The same from the folder of shipped lists.
Result<int> import_categories(const std::string& owner_url, const std::string& folder);

}  // namespace vivi::db
