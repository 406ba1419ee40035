// toml++ behind declared keys.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/settings.hpp"

#include <toml++/toml.h>

#include <cassert>
#include <charconv>
#include <optional>

namespace vivi {
namespace {

/// "1, 2" into its trimmed parts; for lists given through the environment.
std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        auto part = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
}

std::string_view type_name(const SettingValue& value) {
    if (std::holds_alternative<std::string>(value)) return "text";
    if (std::holds_alternative<std::int64_t>(value)) return "a whole number";
    if (std::holds_alternative<bool>(value)) return "true or false";
    return "a list of texts";
}

std::optional<SettingValue> from_toml(const toml::node& node, const SettingValue& like) {
    if (std::holds_alternative<std::string>(like)) {
        if (const auto value = node.value_exact<std::string>()) return *value;
    } else if (std::holds_alternative<std::int64_t>(like)) {
        if (const auto value = node.value_exact<std::int64_t>()) return *value;
    } else if (std::holds_alternative<bool>(like)) {
        if (const auto value = node.value_exact<bool>()) return *value;
    } else if (const auto* array = node.as_array()) {
        std::vector<std::string> list;
        for (const auto& element : *array) {
            const auto text = element.value_exact<std::string>();
            if (!text) return std::nullopt;
            list.push_back(*text);
        }
        return list;
    }
    return std::nullopt;
}

std::optional<SettingValue> from_text(const std::string& text, const SettingValue& like) {
    if (std::holds_alternative<std::string>(like)) return text;
    if (std::holds_alternative<std::int64_t>(like)) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return number;
    }
    if (std::holds_alternative<bool>(like)) {
        if (text == "true" || text == "1") return true;
        if (text == "false" || text == "0") return false;
        return std::nullopt;
    }
    return split_list(text);
}

struct Collector {
    std::span<const Setting> declared;
    std::string_view file;
    std::map<std::string, SettingValue, std::less<>>& values;
    std::string problems{};

    const Setting* find(std::string_view key) const {
        for (const auto& setting : declared) {
            if (setting.key == key) return &setting;
        }
        return nullptr;
    }
    void problem(const toml::source_region& where, std::string_view key, std::string_view what) {
        if (!problems.empty()) problems += '\n';
        problems.append(file).append(":").append(std::to_string(where.begin.line)).append(": ").append(key).append(": ").append(what);
    }
    void collect(const toml::table& table, const std::string& prefix) {
        for (const auto& [name, node] : table) {
            const auto key = prefix + std::string{name.str()};
            if (const auto* setting = find(key)) {
                if (auto value = from_toml(node, setting->fallback)) values[key] = *std::move(value);
                else problem(node.source(), key, std::string{"must be "}.append(type_name(setting->fallback)));
            } else if (const auto* inner = node.as_table()) {
                collect(*inner, key + '.');
            } else {
                problem(node.source(), key, "unknown key; --help lists the keys");
            }
        }
    }
};

template <class T>
const T& value_of(const std::map<std::string, SettingValue, std::less<>>& values, std::string_view key) {
    const auto found = values.find(key);
    assert(found != values.end() && std::holds_alternative<T>(found->second));
    return std::get<T>(found->second);
}

}  // namespace

const std::string& Settings::text(std::string_view key) const { return value_of<std::string>(values_, key); }
std::int64_t Settings::number(std::string_view key) const { return value_of<std::int64_t>(values_, key); }
bool Settings::flag(std::string_view key) const { return value_of<bool>(values_, key); }
const std::vector<std::string>& Settings::list(std::string_view key) const { return value_of<std::vector<std::string>>(values_, key); }

std::string environment_name(std::string_view key) {
    std::string name = "VIVI_";
    for (const char c : key) name += c == '.' || c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

Result<Settings> parse_settings(std::span<const Setting> declared, std::string_view toml, std::string_view file,
                                const std::map<std::string, std::string>& environment) {
    Settings settings;
    for (const auto& setting : declared) settings.values_[setting.key] = setting.fallback;

    Collector collector{.declared = declared, .file = file, .values = settings.values_};
    try {
        collector.collect(toml::parse(toml, file), "");
    } catch (const toml::parse_error& error) {
        return failed(Code::Invalid, std::string{file} + ":" + std::to_string(error.source().begin.line) + ": " +
                                         std::string{error.description()});
    }
    for (const auto& setting : declared) {
        const auto found = environment.find(environment_name(setting.key));
        if (found == environment.end()) continue;
        if (auto value = from_text(found->second, setting.fallback)) {
            settings.values_[setting.key] = *std::move(value);
        } else {
            if (!collector.problems.empty()) collector.problems += '\n';
            collector.problems.append(found->first).append(": must be ").append(type_name(setting.fallback));
        }
    }
    if (!collector.problems.empty()) return failed(Code::Invalid, std::move(collector.problems));
    return settings;
}

}  // namespace vivi
