// Takes a list apart into lines and gives each to the reader of its format.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/list.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/policy/list_lines.hpp"

namespace vivi::policy {
namespace {

constexpr auto names_of_formats = std::to_array<std::pair<ListFormat, std::string_view>>({
    {ListFormat::Hosts, "hosts"},
    {ListFormat::Domains, "domains"},
    {ListFormat::Adguard, "adguard"},
    {ListFormat::Dnsmasq, "dnsmasq"},
    {ListFormat::Rpz, "rpz"},
    {ListFormat::Ut1, "ut1"},
    {ListFormat::V2fly, "v2fly"},
});

constexpr std::size_t most_guessed_lines = 1'000, most_guessed_bytes = std::size_t{256} << 10;

std::string_view without_mark(std::string_view text) noexcept {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // The byte order mark of UTF-8.
    return text;
}

/// The first lines, none of them cut.
std::string_view head_of(std::string_view text) noexcept {
    std::size_t end = 0;
    for (std::size_t lines = 0; lines < most_guessed_lines && end < text.size(); ++lines) {
        const auto next = text.find('\n', end);
        const auto after = next == std::string_view::npos ? text.size() : next + 1;
        if (after > most_guessed_bytes) break;
        end = after;
    }
    return text.substr(0, end);
}

void read_into(ListSink& sink, std::string_view text, ListFormat format, const V2flyReader::Include& include) {
    switch (format) {
        case ListFormat::Hosts:
            return for_each_line(text, sink, {}, [&](std::string_view line) { read_hosts_line(trim(line), sink); });
        case ListFormat::Domains:
        case ListFormat::Ut1:
            return for_each_line(text, sink, {}, [&](std::string_view line) { read_domains_line(trim(line), sink); });
        case ListFormat::Adguard:
            return for_each_line(text, sink, {}, [&](std::string_view line) { read_adguard_line(trim(line), sink); });
        case ListFormat::Dnsmasq:
            return for_each_line(text, sink, {}, [&](std::string_view line) { read_dnsmasq_line(trim(line), sink); });
        case ListFormat::Rpz: {
            RpzReader reader{sink};
            return for_each_line(text, sink, {}, [&](std::string_view line) { reader.read(line); });
        }
        case ListFormat::V2fly: return V2flyReader{sink, include}.read(text);
    }
}

}  // namespace

std::string_view to_string(ListFormat format) noexcept {
    const auto found = std::ranges::find(names_of_formats, format, &decltype(names_of_formats)::value_type::first);
    return found == names_of_formats.end() ? std::string_view{} : found->second;
}

std::optional<ListFormat> parse_list_format(std::string_view text) noexcept {
    const auto found = std::ranges::find(names_of_formats, text, &decltype(names_of_formats)::value_type::second);
    return found == names_of_formats.end() ? std::nullopt : std::optional{found->first};
}

std::string_view trim(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(blanks);
    return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view take_word(std::string_view& text) noexcept {
    const auto end = std::min(text.find_first_of(blanks), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(text.find_first_not_of(blanks, end), text.size()));
    return word;
}

std::string_view without_comment(std::string_view text) noexcept {
    for (auto hash = text.find('#'); hash != std::string_view::npos; hash = text.find('#', hash + 1)) {
        if (hash == 0 || blanks.contains(text[hash - 1])) return trim(text.substr(0, hash));
    }
    return text;
}

ListReport read_list(std::string_view text, ListFormat format, const std::function<void(const ListEntry&)>& each,
                     const std::function<std::optional<std::string>(std::string_view)>& include) {
    ListSink sink{each};
    read_into(sink, without_mark(text), format, include);
    return std::move(sink.report());
}

ListReport read_ut1_folder(std::span<const ListFile> files, const std::function<void(const ListEntry&)>& each) {
    ListSink sink{each};
    for (const auto& file : files) {
        const auto slash = file.path.rfind('/');
        const auto name = std::string_view{file.path}.substr(slash == std::string::npos ? 0 : slash + 1);
        const auto folder = std::string_view{file.path}.substr(0, slash == std::string::npos ? 0 : slash);
        const auto category = folder.substr(folder.rfind('/') + 1);  // npos + 1 is 0.
        if (name != "domains" || category.empty()) {
            sink.begin_line(1, file.path);
            sink.unsupported("a file without names");
            continue;
        }
        for_each_line(without_mark(file.text), sink, file.path,
                      [&](std::string_view line) { read_domains_line(trim(line), sink, category); });
    }
    return std::move(sink.report());
}

std::optional<ListFormat> guess_list_format(std::string_view text) {
    // UT1's files look like plain names. Of formats that fit equally well the one first here is meant.
    constexpr std::array candidates{ListFormat::Domains, ListFormat::Hosts, ListFormat::Rpz,
                                    ListFormat::Dnsmasq, ListFormat::V2fly, ListFormat::Adguard};
    const auto head = head_of(without_mark(text));
    if (head.starts_with("[Adblock")) return ListFormat::Adguard;  // EasyList begins with thousands of patterns and no name.
    std::optional<ListFormat> best;
    std::size_t most = 0;
    for (const auto format : candidates) {
        const auto report = read_list(head, format, [](const ListEntry&) {});
        const auto understood = report.accepted + report.duplicates + report.unsupported;
        if (report.accepted > 0 && understood > 2 * report.invalid && understood - report.invalid > most) {
            best = format;
            most = understood - report.invalid;
        }
    }
    return best;
}

}  // namespace vivi::policy
