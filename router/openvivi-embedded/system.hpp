// What the machine says of itself, read from /proc and /sys: load, memory, storage, temperature, clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/time.hpp"
#include "common/runtime/task.hpp"

namespace vivi::openvivi_embedded {

/// Clock ticks of one core since boot (proc_stat(5)).
struct CoreTicks {
    std::uint64_t busy = 0;
    std::uint64_t total = 0;
    bool operator==(const CoreTicks&) const = default;
};

struct Memory {
    std::uint64_t total_bytes = 0;
    std::uint64_t available_bytes = 0;
    bool operator==(const Memory&) const = default;
};

struct Storage {
    std::string path{};
    std::uint64_t total_bytes = 0;
    std::uint64_t available_bytes = 0;
};

/// What the firmware of a Raspberry Pi says (vcgencmd get_throttled, raspberrypi.com/documentation/computers/os.html): now, and
/// at any time since the boot.
struct Throttling {
    bool under_voltage = false, frequency_capped = false, throttled = false, too_hot = false;
    bool operator==(const Throttling&) const = default;
};
struct ThrottlingReport {
    Throttling now{}, since_boot{};
    bool operator==(const ThrottlingReport&) const = default;
};

struct Report {
    std::string software{};
    std::string kernel{};
    std::string boot_id{};
    std::int64_t uptime_seconds = 0;
    std::vector<double> load{};        ///< Over 1, 5 and 15 minutes.
    std::vector<double> core_usage{};  ///< 0..1 for each core, since the sample before.
    Memory memory{};
    std::vector<Storage> storage{};
    std::optional<double> temperature_celsius{};   ///< The hottest zone; absent where there is no sensor.
    std::optional<ThrottlingReport> throttling{};  ///< Absent on machines whose firmware does not say.
    WallTime clock{};
    bool is_clock_synchronised = false;
};

// Pure: the text of the files.
/// The `cpuN` lines of /proc/stat, in order.
std::vector<CoreTicks> parse_stat(std::string_view text);
/// MemTotal and MemAvailable of /proc/meminfo.
Memory parse_meminfo(std::string_view text);
/// The three averages of /proc/loadavg; empty when it is not that.
std::vector<double> parse_loadavg(std::string_view text);
/// Between two samples; 0 where nothing passed or a core came or went.
std::vector<double> usage(const std::vector<CoreTicks>& before, const std::vector<CoreTicks>& after);

/// The hexadecimal text of get_throttled ("50005" or "0x50005"); nothing when it is not that.
std::optional<ThrottlingReport> parse_throttled(std::string_view text);

nlohmann::json to_json(const Report& report);

/// The whole of a file of /proc or /sys (their size says nothing), empty when it cannot be read.
std::string proc_text(const std::string& path);

/// Samples the cores while it runs, so that usage is of the last seconds and not since boot.
class SystemMonitor {
public:
    /// `boot_id` is the file that says which boot of the kernel this is.
    explicit SystemMonitor(std::string boot_id = "/proc/sys/kernel/random/boot_id");
    Task<> run();
    Report report() const;

private:
    std::string boot_id_;
    std::vector<CoreTicks> ticks_{};
    std::vector<double> core_usage_{};
};

}  // namespace vivi::openvivi_embedded
