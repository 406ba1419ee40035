// Reading /proc/self.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace vivi {
namespace {

std::string text_of(const char* path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// Field 22 of /proc/self/stat, in ticks since the boot; the name in field 2 may hold blanks and brackets.
double start_ticks() {
    const auto stat = text_of("/proc/self/stat");
    const auto name_end = stat.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream rest{stat.substr(name_end + 1)};
    std::string field;
    for (int number = 3; number <= 22; ++number) rest >> field;
    return std::strtod(field.c_str(), nullptr);
}

/// "btime" of /proc/stat.
double booted_at() {
    std::ifstream file{"/proc/stat"};
    std::string name;
    double value = 0;
    for (std::string line; std::getline(file, line);) {
        if (std::istringstream words{line}; words >> name >> value && name == "btime") return value;
    }
    return 0;
}

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

}  // namespace

ProcessUsage process_usage() {
    ProcessUsage usage;
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) == 0) usage.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    std::istringstream pages{text_of("/proc/self/statm")};
    if (std::uint64_t all = 0, resident = 0; pages >> all >> resident)
        usage.resident_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::error_code error;
    for (std::filesystem::directory_iterator entry{"/proc/self/fd", error}, end; !error && entry != end; entry.increment(error))
        ++usage.open_files;
    if (usage.open_files > 0) --usage.open_files;  // The one that looked.
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.most_files = limit.rlim_cur;
    static const double started = booted_at() + start_ticks() / static_cast<double>(::sysconf(_SC_CLK_TCK));
    usage.started_at = started;
    return usage;
}

}  // namespace vivi
