// Which file is which list, and what its first comments say of it.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/shipped.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/policy/list_lines.hpp"

namespace vivi::policy {
namespace {

/// The list of a path; nothing when it is none.
std::optional<ShippedList> list_of(std::string_view path) {
    ShippedList list;
    if (path.starts_with("services/")) {
        list.kind = TagKind::Service;
    } else if (!path.starts_with("categories/")) {
        return std::nullopt;
    }
    path.remove_prefix(path.find('/') + 1);
    if (!path.ends_with(".txt") || path.size() == 4 || path.contains('/')) return std::nullopt;
    list.id = list.title = path.substr(0, path.size() - 4);
    return list;
}

/// "# `key`: value" among the comments in front of the first name; empty when it is not there.
std::string_view said(std::string_view text, std::string_view key) noexcept {
    while (text.starts_with('#')) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = trim(text.substr(1, end - 1));
        if (line.starts_with(key) && line.substr(key.size()).starts_with(':')) return trim(line.substr(key.size() + 1));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

}  // namespace

ListReport add_list(CatalogueBuilder& catalogue, TagId tag, std::string_view text, ListFormat format) {
    return read_list(text, format, [&](const ListEntry& entry) { catalogue.add(entry.name, tag, entry.reach); });
}

std::vector<ShippedList> add_shipped_lists(CatalogueBuilder& catalogue, std::span<const ListFile> files) {
    std::vector<const ListFile*> in_order;
    for (const auto& file : files) in_order.push_back(&file);
    std::ranges::sort(in_order, {}, &ListFile::path);  // The same files give the same arena.
    std::vector<ShippedList> lists;
    for (const auto* file : in_order) {
        auto list = list_of(file->path);
        if (!list) continue;
        if (const auto title = said(file->text, "title"); !title.empty()) list->title = title;
        list->category = said(file->text, "category");
        list->report = add_list(catalogue, catalogue.tag(list->kind, list->id), file->text, ListFormat::Domains);
        lists.push_back(*std::move(list));
    }
    return lists;
}

}  // namespace vivi::policy
