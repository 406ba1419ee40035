// Reading shipped lists and zone files, building arenas aside.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/catalogues.hpp"

#include <algorithm>

#include "common/core/time_zone_name.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::api {
namespace {

constexpr std::size_t most_kept = 4;

Result<std::shared_ptr<const BuiltCatalogue>> build_now(const std::string& folder, const std::vector<ListText>& texts) {
    policy::CatalogueBuilder builder;
    std::vector<policy::ListFile> files;
    const auto read = folder.empty() ? Status{} : read_text_folder(folder, [&](std::string path, std::string text) {
        files.push_back({.path = std::move(path), .text = std::move(text)});
    });
    if (!read) log::warn("list.unreadable", {{"file", folder}, {"reason", read.error().detail}});
    auto shipped = policy::add_shipped_lists(builder, files);
    for (const auto& list : texts) {
        if (const auto format = policy::parse_list_format(list.rule.format))
            policy::add_list(builder, builder.tag(policy::TagKind::List, list.rule.list), list.text, *format);
    }
    auto built = std::make_shared<BuiltCatalogue>();
    auto arena = builder.build();
    if (!arena) return std::unexpected{std::move(arena).error()};
    built->arena = *std::move(arena);
    built->shipped = std::move(shipped);
    auto catalogue = policy::Catalogue::open(built->arena);
    if (!catalogue) return std::unexpected{std::move(catalogue).error()};
    built->catalogue = *catalogue;
    return built;
}

/// Without imported lists everybody has the same.
std::string key_of(const std::string& owner, const std::vector<model::ListRule>& rules) {
    std::string key = rules.empty() ? "" : owner;
    for (const auto& rule : rules) key += '\n' + rule.list + ' ' + rule.sha256 + ' ' + rule.format;
    return key;
}

}  // namespace

Catalogues::Catalogues(std::string lists, std::string zones) : lists_{std::move(lists)}, zones_{std::move(zones)} {}

std::shared_ptr<const BuiltCatalogue> Catalogues::find(const std::string& owner, const std::vector<model::ListRule>& rules) {
    const auto found = std::ranges::find(kept_, key_of(owner, rules), &Kept::key);
    if (found == kept_.end()) return nullptr;
    auto kept = std::move(*found);
    kept_.erase(found);
    kept_.push_front(std::move(kept));
    return kept_.front().catalogue;
}

Task<Result<std::shared_ptr<const BuiltCatalogue>>> Catalogues::build(std::string owner, std::vector<model::ListRule> rules,
                                                                      std::vector<ListText> texts) {
    const bool is_complete = texts.size() == rules.size();
    auto call = [folder = lists_, texts = std::move(texts)] { return build_now(folder, texts); };
    auto built = co_await blocking(worker_, std::move(call));
    if (!built || !is_complete) co_return built;
    kept_.push_front({.key = key_of(owner, rules), .catalogue = *built});
    if (kept_.size() > most_kept) kept_.pop_back();
    co_return built;
}

Result<policy::TimeZone> Catalogues::zone(const std::string& name) const {
    if (name == "UTC") return policy::TimeZone{};
    if (!is_time_zone_name(name)) return failed(Code::Invalid, "'" + name + "' is not the name of a time zone");
    const auto file = read_text_file(zones_ + "/" + name);
    if (!file) return failed(Code::Invalid, "the server does not know the time zone '" + name + "'");
    return policy::parse_time_zone(as_bytes(*file));
}

}  // namespace vivi::api
