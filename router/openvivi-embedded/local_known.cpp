// Files, /proc/net/dev and forms.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/local_known.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "common/model/custody.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::openvivi_embedded {
namespace {

template <class Parse>
auto parsed(const std::string& path, Parse parse) {
    using Value = typename decltype(parse(model::Json{}))::value_type;
    const auto text = read_text_file(path);
    const auto json = text ? model::parse_json(*text) : Result<model::Json>{std::unexpected{text.error()}};
    if (json) {
        if (auto value = parse(*json)) return std::optional<Value>{*std::move(value)};
    }
    return std::optional<Value>{};
}

}  // namespace

Known read_known(const LocalPlaces& places, WallTime now, std::optional<bool> is_code_fresh) {
    Known known;
    const auto pin = read_text_file(places.pin);
    known.has_pin = pin && parse_pin_hash(*pin).has_value();
    const auto code = parsed(places.claim_code, [](const model::Json& json) { return model::parse_shown_code(json); });
    if (code && is_code_fresh.value_or(code->expires_at > now)) known.claim_code = code->code;
    const auto changes = parsed(places.changes, [](const model::Json& json) { return model::parse_local_changes(json); });
    known.changes = model::without_ended(changes.value_or(model::LocalChanges{}), now);
    known.configuration = parsed(places.last_good, [](const model::Json& json) { return model::parse_configuration(json); });
    return known;
}

std::vector<std::string> interfaces_of(std::string_view proc_net_dev) {
    std::vector<std::string> names;
    std::istringstream lines{std::string{proc_net_dev}};
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(':');
        const auto first = line.find_first_not_of(' ');
        if (colon == std::string::npos || first >= colon) continue;  // The two lines of headings have none.
        auto name = line.substr(first, colon - first);
        if (name != "lo" && name != model::local_bridge && name.find('.') == std::string::npos) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    return names;
}

std::string value(const std::map<std::string, std::string>& form, const std::string& name) {
    const auto found = form.find(name);
    if (found == form.end()) return {};
    const auto first = found->second.find_first_not_of(' '), last = found->second.find_last_not_of(' ');
    return first == std::string::npos ? std::string{} : found->second.substr(first, last - first + 1);
}

std::optional<std::int64_t> number(const std::string& text, std::int64_t least, std::int64_t most) {
    std::int64_t found = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, found);
    if (text.empty() || error != std::errc{} || stopped != end || found < least || found > most) return std::nullopt;
    return found;
}

}  // namespace vivi::openvivi_embedded
