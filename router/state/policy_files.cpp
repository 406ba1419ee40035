// Mapping rules and catalogue, and noticing that they were replaced.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/policy_files.hpp"

#include <utility>

namespace vivi::state {
namespace {

bool is_still(const std::shared_ptr<const MappedFile>& file, const std::string& path) {
    const auto found = identify(path);
    return file ? found && *found == file->identity() : !found;
}

}  // namespace

Result<std::shared_ptr<const MappedPolicy>> MappedPolicy::open(const PolicyFolder& folder,
                                                               const std::shared_ptr<const MappedPolicy>& previous) {
    const std::shared_ptr<MappedPolicy> made{new MappedPolicy};
    if (previous && is_still(previous->catalogue_file_, folder.catalogue())) {
        made->catalogue_file_ = previous->catalogue_file_;
        made->catalogue_ = previous->catalogue_;
    } else if (auto file = MappedFile::open(folder.catalogue())) {
        auto catalogue = policy::Catalogue::open((*file)->bytes());
        if (!catalogue) return std::unexpected{std::move(catalogue).error().in(folder.catalogue())};
        made->catalogue_file_ = *std::move(file);
        made->catalogue_ = *std::move(catalogue);
    } else if (file.error().code != Code::NotFound) {
        return std::unexpected{file.error()};
    }

    auto rules = MappedFile::open(folder.rules());
    if (!rules) return std::unexpected{rules.error()};
    auto engine = policy::Engine::open((*rules)->bytes(), made->catalogue_);
    if (!engine) return std::unexpected{std::move(engine).error().in(folder.rules())};
    made->rules_file_ = *std::move(rules);
    made->engine_ = *std::move(engine);
    return made;
}

bool MappedPolicy::is_current(const PolicyFolder& folder) const {
    return is_still(rules_file_, folder.rules()) && is_still(catalogue_file_, folder.catalogue());
}

}  // namespace vivi::state
