// Reading /proc, /sys and the kernel for the system report.
// SPDX-License-Identifier: Apache-2.0
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/runtime/clock.hpp"
#include "router/openvivi-embedded/system.hpp"

namespace vivi::openvivi_embedded {

std::string proc_text(const std::string& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

namespace {

std::string line_of(const std::string& path) {
    auto text = proc_text(path);
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

std::optional<double> temperature() {
    std::optional<double> hottest;
    std::error_code error;
    for (const auto& zone : std::filesystem::directory_iterator{"/sys/class/thermal", error}) {
        std::istringstream field{proc_text(zone.path() / "temp")};
        double thousandths = 0;
        if (field >> thousandths) hottest = std::max(hottest.value_or(-273.0), thousandths / 1000);
    }
    return hottest;
}

std::vector<Storage> storage() {
    struct statvfs root{};
    if (::statvfs("/", &root) != 0) return {};
    return {{.path = "/", .total_bytes = root.f_blocks * root.f_frsize, .available_bytes = root.f_bavail * root.f_frsize}};
}

std::optional<ThrottlingReport> throttling() {
    return parse_throttled(proc_text("/sys/devices/platform/soc/soc:firmware/get_throttled"));
}

/// adjtimex(2) without setting anything: whether a time service says that the clock is right.
bool is_clock_synchronised() {
    timex state{};
    return ::adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

std::int64_t uptime() {
    std::istringstream field{proc_text("/proc/uptime")};
    double seconds = 0;
    field >> seconds;
    return static_cast<std::int64_t>(seconds);
}

}  // namespace

SystemMonitor::SystemMonitor(std::string boot_id)
    : boot_id_{std::move(boot_id)}, ticks_{parse_stat(proc_text("/proc/stat"))}, core_usage_(ticks_.size()) {}

Task<> SystemMonitor::run() {
    for (;;) {
        co_await after(5s);
        auto ticks = parse_stat(proc_text("/proc/stat"));
        core_usage_ = usage(ticks_, ticks);
        ticks_ = std::move(ticks);
    }
}

Report SystemMonitor::report() const {
    utsname kernel{};
    ::uname(&kernel);
    return {.software = "vivi-openvivi-embedded " VIVI_VERSION,
            .kernel = kernel.release,
            .boot_id = line_of(boot_id_),
            .uptime_seconds = uptime(),
            .load = parse_loadavg(proc_text("/proc/loadavg")),
            .core_usage = core_usage_,
            .memory = parse_meminfo(proc_text("/proc/meminfo")),
            .storage = storage(),
            .temperature_celsius = temperature(),
            .throttling = throttling(),
            .clock = wall_now(),
            .is_clock_synchronised = is_clock_synchronised()};
}

}  // namespace vivi::openvivi_embedded
