// Domain lists as the world writes them, read into names with a report of what could not be used.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/catalogue.hpp"

namespace vivi::policy {

enum class ListFormat : std::uint8_t { Hosts, Domains, Adguard, Dnsmasq, Rpz, Ut1, V2fly };

/// "hosts", "domains", "adguard", "dnsmasq", "rpz", "ut1", "v2fly".
std::string_view to_string(ListFormat format) noexcept;
std::optional<ListFormat> parse_list_format(std::string_view text) noexcept;

/// One usable line.
struct ListEntry {
    std::string_view name{};  ///< Normalised. Valid during the call only.
    Reach reach{};
    std::string_view attribute{};  ///< v2fly's @attr (several: with a space between), UT1's folder; empty mostly.
};

/// What became of a list. The first `most_examples` lines that could not be used are kept, the others counted.
struct ListReport {
    static constexpr std::size_t most_examples = 100;
    struct Line {
        std::size_t line = 0;  ///< From 1.
        std::string text{};    ///< At most 200 bytes of it, printable ASCII; '?' for the rest.
        std::string reason{};  ///< "a regular expression", "not a domain name".
    };
    std::size_t lines = 0;
    std::size_t accepted = 0;     ///< Different entries: of a hosts line each name is one.
    std::size_t duplicates = 0;   ///< Entries that were there before.
    std::size_t unsupported = 0;  ///< Understood but beyond what DNS can do (cosmetic rules, paths): skipped.
    std::size_t invalid = 0;      ///< Not understood.
    std::vector<Line> examples{};
};

/// Reads a whole list. Never fails: lines that cannot be used are in the report, the good ones go to `each` in order, duplicates
/// too. Work is linear. `include` resolves v2fly's "include:name" (and nothing else); absent: such lines are unsupported. Depth
/// and size are bounded. What each format takes: docs/lists.md.
ListReport read_list(std::string_view text, ListFormat format, const std::function<void(const ListEntry&)>& each,
                     const std::function<std::optional<std::string>(std::string_view)>& include = {});

/// A file of a folder, its path relative to that folder.
struct ListFile {
    std::string path{};
    std::string text{};
};

/// A UT1 or squidGuard folder: "adult/domains", "games/domains"; the entries' attribute is the folder's name. Other files
/// ("urls", "expressions") are beyond what DNS can do and counted as one unsupported line each. Examples name the file in their
/// reason.
ListReport read_ut1_folder(std::span<const ListFile> files, const std::function<void(const ListEntry&)>& each);

/// The format that fits most of the first lines; nothing when none does.
std::optional<ListFormat> guess_list_format(std::string_view text);

}  // namespace vivi::policy
