// The lists that come with Vivi: categories and services, a text file each, put into a catalogue.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/policy/catalogue.hpp"
#include "common/policy/list.hpp"

namespace vivi::policy {

/// One file of the folder deploy/lists: "categories/<id>.txt" or "services/<id>.txt", in the format "domains"; comments at its
/// beginning say "# title: YouTube" and "# category: entertainment".
struct ShippedList {
    TagKind kind = TagKind::Category;
    std::string id{};        ///< What rules name: "youtube".
    std::string title{};     ///< What people read: "YouTube"; the id when the file says nothing.
    std::string category{};  ///< Of a service: the category it belongs with; for grouping only.
    ListReport report{};
};

/// Adds every such file to `catalogue`, gives what they were in the order of their paths. Other files are passed over.
std::vector<ShippedList> add_shipped_lists(CatalogueBuilder& catalogue, std::span<const ListFile> files);

/// Adds a list under this tag: read_list() into `catalogue`.
ListReport add_list(CatalogueBuilder& catalogue, TagId tag, std::string_view text, ListFormat format);

}  // namespace vivi::policy
