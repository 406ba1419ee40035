// Pure parts of the system report: texts of /proc into values, values into JSON.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/system.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

namespace vivi::openvivi_embedded {

std::vector<CoreTicks> parse_stat(std::string_view text) {
    std::vector<CoreTicks> cores;
    std::istringstream lines{std::string{text}};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("cpu") || line.size() < 4 || line[3] == ' ') continue;
        std::istringstream fields{line};
        std::string name;
        std::uint64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
        fields >> name >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal;
        if (!fields) continue;
        const auto busy = user + nice + system + irq + softirq + steal;
        cores.push_back({.busy = busy, .total = busy + idle + iowait});
    }
    return cores;
}

Memory parse_meminfo(std::string_view text) {
    Memory memory;
    std::istringstream lines{std::string{text}};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields{line};
        std::string name;
        std::uint64_t kibibytes = 0;
        if (!(fields >> name >> kibibytes)) continue;
        if (name == "MemTotal:") memory.total_bytes = kibibytes * 1024;
        if (name == "MemAvailable:") memory.available_bytes = kibibytes * 1024;
    }
    return memory;
}

std::vector<double> parse_loadavg(std::string_view text) {
    std::istringstream fields{std::string{text}};
    std::vector<double> load(3);
    for (auto& average : load) fields >> average;
    return fields ? load : std::vector<double>{};
}

std::vector<double> usage(const std::vector<CoreTicks>& before, const std::vector<CoreTicks>& after) {
    std::vector<double> cores(after.size());
    if (before.size() != after.size()) return cores;
    for (std::size_t i = 0; i < after.size(); ++i) {
        const bool has_passed = after[i].total > before[i].total && after[i].busy >= before[i].busy;
        if (has_passed)
            cores[i] =
                static_cast<double>(after[i].busy - before[i].busy) / static_cast<double>(after[i].total - before[i].total);
    }
    return cores;
}

namespace {

Throttling throttling_of(std::uint32_t bits) {
    return {.under_voltage = (bits & 1U) != 0,
            .frequency_capped = (bits & 2U) != 0,
            .throttled = (bits & 4U) != 0,
            .too_hot = (bits & 8U) != 0};
}

nlohmann::json to_json(const Throttling& throttling) {
    return {{"under_voltage", throttling.under_voltage},
            {"frequency_capped", throttling.frequency_capped},
            {"throttled", throttling.throttled},
            {"too_hot", throttling.too_hot}};
}

}  // namespace

std::optional<ThrottlingReport> parse_throttled(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    if (text.starts_with("0x")) text.remove_prefix(2);
    std::uint32_t bits = 0;
    const auto* const end = text.data() + text.size();
    if (text.empty() || std::from_chars(text.data(), end, bits, 16).ptr != end) return std::nullopt;
    return ThrottlingReport{.now = throttling_of(bits), .since_boot = throttling_of(bits >> 16)};
}

nlohmann::json to_json(const Report& report) {
    auto storage = nlohmann::json::array();
    for (const auto& place : report.storage)
        storage.push_back({{"path", place.path}, {"total_bytes", place.total_bytes}, {"available_bytes", place.available_bytes}});
    auto cores = nlohmann::json::array();
    for (const double core : report.core_usage) cores.push_back(std::round(core * 1000) / 1000);
    nlohmann::json document{
        {"software", report.software},
        {"kernel", report.kernel},
        {"boot_id", report.boot_id},
        {"uptime_seconds", report.uptime_seconds},
        {"load", report.load},
        {"cpu", {{"count", report.core_usage.size()}, {"usage", cores}}},
        {"memory", {{"total_bytes", report.memory.total_bytes}, {"available_bytes", report.memory.available_bytes}}},
        {"storage", storage},
        {"clock", {{"unix_ms", to_unix_ms(report.clock)}, {"synchronised", report.is_clock_synchronised}}},
        {"temperature_celsius", nullptr},
        {"throttling", nullptr},
    };
    if (report.temperature_celsius) document["temperature_celsius"] = *report.temperature_celsius;
    if (report.throttling)
        document["throttling"] = {{"now", to_json(report.throttling->now)},
                                  {"since_boot", to_json(report.throttling->since_boot)}};
    return document;
}

}  // namespace vivi::openvivi_embedded
