// The compiled policy on disk: written whole by bridged, mapped by whoever decides with it, swapped without a moment in between.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/core/result.hpp"
#include "common/policy/rules.hpp"
#include "router/state/mapped_file.hpp"

namespace vivi::state {

/// `<folder>/rules.bin` (small: every revision and every schedule change) and `<folder>/catalogue.bin` (large: when lists
/// change). Each is replaced by replace_file(); a mapped old one stays readable. The writer replaces the catalogue first.
struct PolicyFolder {
    std::string path{"/var/lib/vivi/policy"};
    std::string rules() const { return path + "/rules.bin"; }
    std::string catalogue() const { return path + "/catalogue.bin"; }
};

/// An engine and the mappings it looks at.
class MappedPolicy {
public:
    /// Maps both files. No catalogue file: an empty catalogue. NotFound: there are no rules yet. Invalid: damaged, with the
    /// file's name. `previous` gives its catalogue when the file is still the same one: a large one need not be checked again
    /// because a small rule changed. Blocks shortly; a new large catalogue some tens of milliseconds.
    static Result<std::shared_ptr<const MappedPolicy>> open(const PolicyFolder& folder,
                                                            const std::shared_ptr<const MappedPolicy>& previous = {});
    const policy::Engine& engine() const noexcept { return engine_; }
    const policy::Catalogue& catalogue() const noexcept { return catalogue_; }
    /// Are the files of `folder` still those that are mapped here? False also when one came or went.
    bool is_current(const PolicyFolder& folder) const;

private:
    MappedPolicy() = default;
    std::shared_ptr<const MappedFile> rules_file_{}, catalogue_file_{};
    policy::Catalogue catalogue_{};
    policy::Engine engine_{};
};

}  // namespace vivi::state
