// The two files other daemons decide by, made from the document: built aside, put in place together, taken back when refused.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "common/model/policy.hpp"
#include "router/state/policy_files.hpp"

namespace vivi::bridged {

/// Every call waits (files, and for a large list up to seconds): made on a worker, install() … keep() by one caller at a time.
///
///     build() --- install() --- the kernel took it --- keep()
///                     \-------- the kernel refused ---- restore()
class PolicyImages {
public:
    struct Places {
        state::PolicyFolder folder{};
        std::string shipped{};  ///< Folder of the lists that come with the router; empty: none.
    };
    explicit PolicyImages(Places places) : places_{std::move(places)} {}

    struct Built {
        Bytes rules{};
        std::optional<Bytes> catalogue{};     ///< Only when what it is made of has changed.
        std::string catalogue_made_of{};      ///< Says what: for the next build().
        std::vector<std::string> problems{};  ///< "/policy/lists/0: its text is not here yet"
    };
    /// `document` is the policy as it was decided: its lists are in the catalogue whether or not their rule holds now.
    /// `effective` is the one of this moment: the rules.
    Result<Built> build(const model::Policy& document, const model::Policy& effective, std::int64_t revision);

    /// Replaces the files and keeps the old ones aside. On an error the old ones are in place.
    Status install(const Built& built) const;
    void keep(const Built& built) const;
    void restore(const Built& built) const;

    /// Where the text of an imported list is looked for.
    std::string list_file(const std::string& sha256) const { return places_.folder.path + "/lists/" + sha256; }

private:
    std::string made_of_file() const { return places_.folder.path + "/catalogue.made_of"; }
    std::vector<std::string> files(const Built& built) const;
    /// Names the content of every input.
    std::string made_of(const model::Policy& document, std::vector<std::string>& problems) const;
    /// Whether the file is of these inputs and can be used. Its content is looked at once a start: a program before this one may
    /// have written another format.
    bool has_catalogue_of(const std::string& inputs);
    Result<Bytes> build_catalogue(const model::Policy& document) const;
    Status make_folder() const;

    Places places_;
    bool is_catalogue_checked_ = false;
};

}  // namespace vivi::bridged
