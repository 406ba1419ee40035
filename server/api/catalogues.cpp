// Reading shipped lists and zone files, building arenas aside.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/catalogues.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "common/core/time_zone_name.hpp"
#include "common/policy/list.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/log.hpp"

namespace vivi::api {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_kept = 4;
constexpr std::array<std::pair<const char*, policy::TagKind>, 2> shipped{
    {{"categories", policy::TagKind::Category}, {"services", policy::TagKind::Service}}};

std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return std::nullopt;
    return std::move(text).str();
}

/// In an order of their own, so that the same files give the same bytes.
std::set<fs::path> files_of(const fs::path& folder) {
    std::set<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator at{folder, error}; !error && at != fs::directory_iterator{}; at.increment(error)) {
        if (at->path().extension() == ".txt") files.insert(at->path());
    }
    return files;
}

void add(policy::CatalogueBuilder& catalogue, policy::TagId tag, std::string_view text, policy::ListFormat format) {
    policy::read_list(text, format, [&](const policy::ListEntry& entry) { catalogue.add(entry.name, tag, entry.reach); });
}

Result<std::shared_ptr<const BuiltCatalogue>> build_now(const std::string& folder, const std::vector<ListText>& texts) {
    policy::CatalogueBuilder builder;
    for (const auto& [name, kind] : shipped) {
        for (const auto& path : folder.empty() ? std::set<fs::path>{} : files_of(fs::path{folder} / name)) {
            if (const auto text = read_file(path))
                add(builder, builder.tag(kind, path.stem().string()), *text, policy::ListFormat::Domains);
            else
                log::warn("list.unreadable", {{"file", path.string()}});
        }
    }
    for (const auto& list : texts) {
        if (const auto format = policy::parse_list_format(list.rule.format))
            add(builder, builder.tag(policy::TagKind::List, list.rule.list), list.text, *format);
    }
    auto built = std::make_shared<BuiltCatalogue>();
    auto arena = builder.build();
    if (!arena) return std::unexpected{std::move(arena).error()};
    built->arena = *std::move(arena);
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
    const auto file = read_file(fs::path{zones_} / name);
    if (!file) return failed(Code::Invalid, "the server does not know the time zone '" + name + "'");
    return policy::parse_time_zone(as_bytes(*file));
}

}  // namespace vivi::api
