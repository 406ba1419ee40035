// The calendar is std::chrono's; digits are read by hand.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/command/local_time.hpp"

#include <array>
#include <chrono>

namespace vivi::policy::command {
namespace {

/// Exactly `digits` digits at `at`, or -1.
int number(std::string_view text, std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

std::string two_digits(long value) { return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)}; }

}  // namespace

std::optional<WallTime> parse_local(const TimeZone& zone, std::string_view text) {
    using namespace std::chrono;
    const bool has_seconds = text.size() == 19;
    if (text.size() != 16 && !has_seconds) return std::nullopt;
    if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') return std::nullopt;
    if (has_seconds && text[16] != ':') return std::nullopt;
    const int of_year = number(text, 0, 4), of_month = number(text, 5, 2), of_day = number(text, 8, 2);
    const int of_hour = number(text, 11, 2), of_minute = number(text, 14, 2), of_second = has_seconds ? number(text, 17, 2) : 0;
    if (of_year < 1970 || of_month < 1 || of_day < 1 || of_hour < 0 || of_hour > 23 || of_minute < 0 || of_minute > 59 ||
        of_second < 0 || of_second > 59)
        return std::nullopt;
    const year_month_day date{year{of_year}, month{static_cast<unsigned>(of_month)}, day{static_cast<unsigned>(of_day)}};
    if (!date.ok()) return std::nullopt;
    const WallTime local = sys_days{date} + hours{of_hour} + minutes{of_minute} + seconds{of_second};
    // The larger offset gives the earlier moment: the first one whose clock shows this.
    const auto one = zone.offset(local - 24h), other = zone.offset(local + 24h);
    for (const auto offset : {std::max(one, other), std::min(one, other)}) {
        if (zone.offset(local - offset) == offset) return local - offset;
    }
    return local - one;
}

std::string local_text(const TimeZone& zone, WallTime at) {
    using namespace std::chrono;
    const auto local = at + zone.offset(at);
    const year_month_day date{floor<days>(local)};
    const hh_mm_ss time{floor<seconds>(local - floor<days>(local))};
    return std::to_string(static_cast<int>(date.year())) + '-' + two_digits(static_cast<unsigned>(date.month())) + '-' +
           two_digits(static_cast<unsigned>(date.day())) + ' ' + two_digits(time.hours().count()) + ':' +
           two_digits(time.minutes().count()) + ':' + two_digits(time.seconds().count());
}

}  // namespace vivi::policy::command
