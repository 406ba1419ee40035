// Pure parts of the system report: texts of /proc into values, values into JSON.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/system.hpp"

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
    };
    if (report.temperature_celsius) document["temperature_celsius"] = *report.temperature_celsius;
    return document;
}

}  // namespace vivi::openvivi_embedded
