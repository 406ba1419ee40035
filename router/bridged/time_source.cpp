// The system's clock, its zones, and the file with the last time known.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/time_source.hpp"

#include <sys/timex.h>

#include <charconv>

#include "common/runtime/clock.hpp"
#include "router/state/mapped_file.hpp"

namespace vivi::bridged {

WallTime SystemTime::now() const { return wall_now(); }

bool SystemTime::is_synchronised() const {
    timex state{};  // modes 0: only asks.
    return ::adjtimex(&state) != -1 && (state.status & STA_UNSYNC) == 0;
}

Result<policy::TimeZone> read_time_zone(const std::string& folder, const std::string& name) {
    if (name == "UTC") return policy::TimeZone{};
    if (!policy::is_time_zone_name(name)) return failed(Code::Invalid, "'" + name + "' is not the name of a time zone");
    const auto file = state::MappedFile::open(folder + "/" + name);
    if (!file) return failed(Code::Invalid, "this router does not know the time zone '" + name + "'");
    return policy::parse_time_zone((*file)->bytes());
}

std::optional<WallTime> read_saved_time(const std::string& path) {
    const auto file = path.empty() ? std::unexpected{Error{}} : state::MappedFile::open(path);
    if (!file) return std::nullopt;
    const auto text = as_text((*file)->bytes());
    std::int64_t ms = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), ms);
    return read.ec == std::errc{} ? std::optional{from_unix_ms(ms)} : std::nullopt;
}

Status save_time(const std::string& path, WallTime time) {
    if (path.empty()) return {};
    return state::replace_file(path, as_bytes(std::to_string(to_unix_ms(time)) + "\n"));
}

}  // namespace vivi::bridged
