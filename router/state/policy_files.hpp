// The compiled policy on disk: written whole by bridged, mapped by whoever decides with it, swapped without a moment in between.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "common/policy/rules.hpp"

namespace vivi::state {

/// `<folder>/rules.bin` (small: every revision and every schedule change) and `<folder>/catalogue.bin` (large: when lists
/// change). Each is replaced by rename after fsync; a mapped old one stays readable.
struct PolicyFolder {
    std::string path{"/var/lib/vivi/policy"};
    std::string rules() const { return path + "/rules.bin"; }
    std::string catalogue() const { return path + "/catalogue.bin"; }
};

/// Replaces `path` by `bytes` as a whole (temporary file, fsync, rename, fsync of the folder). Blocks.
Status replace_file(const std::string& path, BytesView bytes);

/// An engine and the mappings it looks at.
class MappedPolicy {
public:
    /// Maps both files. No catalogue file: an empty catalogue. NotFound: there are no rules yet. Invalid: damaged. Blocks
    /// shortly.
    static Result<std::shared_ptr<const MappedPolicy>> open(const PolicyFolder& folder);
    const policy::Engine& engine() const noexcept { return engine_; }

    ~MappedPolicy();
    MappedPolicy(const MappedPolicy&) = delete;
    MappedPolicy& operator=(const MappedPolicy&) = delete;

private:
    class Mapping;
    MappedPolicy();
    std::unique_ptr<Mapping> rules_, catalogue_;
    policy::Engine engine_{};
};

}  // namespace vivi::state
