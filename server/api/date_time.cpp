// RFC 3339 section 5.6.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/date_time.hpp"

namespace vivi::api {
namespace {

void append(std::string& text, long number, std::size_t width) {
    const auto digits = std::to_string(number);
    if (digits.size() < width) text.append(width - digits.size(), '0');
    text += digits;
}

/// `count` digits from the front of `text`; sticky: once something does not fit, `ok` stays false.
int take_digits(std::string_view& text, std::size_t count, bool& ok) {
    int number = 0;
    ok = ok && text.size() >= count;
    for (std::size_t i = 0; ok && i < count; ++i) {
        ok = text[i] >= '0' && text[i] <= '9';
        number = number * 10 + (text[i] - '0');
    }
    if (ok) text.remove_prefix(count);
    return number;
}
char take_one_of(std::string_view& text, std::string_view allowed, bool& ok) {
    ok = ok && !text.empty() && allowed.contains(text.front());
    if (!ok) return '\0';
    const char taken = text.front();
    text.remove_prefix(1);
    return taken;
}

/// ".123456" as milliseconds; nothing there: 0.
int take_fraction(std::string_view& text, bool& ok) {
    if (text.empty() || text.front() != '.') return 0;
    text.remove_prefix(1);
    int milliseconds = 0, digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
        if (digits < 3) milliseconds = milliseconds * 10 + (text.front() - '0');
    }
    ok = ok && digits > 0;
    for (; digits < 3; ++digits) milliseconds *= 10;
    return milliseconds;
}

/// "Z" or "+01:00", as what to take away.
std::chrono::minutes take_offset(std::string_view& text, bool& ok) {
    const char sign = take_one_of(text, "Zz+-", ok);
    if (!ok || sign == 'Z' || sign == 'z') return std::chrono::minutes{0};
    const int hours = take_digits(text, 2, ok);
    take_one_of(text, ":", ok);
    const int minutes = take_digits(text, 2, ok);
    ok = ok && hours < 24 && minutes < 60;
    return std::chrono::minutes{(sign == '-' ? -1 : 1) * (hours * 60 + minutes)};
}

}  // namespace

std::string to_date_time(WallTime at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss<Milliseconds> clock{at - day};
    std::string text;
    append(text, static_cast<int>(date.year()), 4);
    append(text += '-', static_cast<long>(static_cast<unsigned>(date.month())), 2);
    append(text += '-', static_cast<long>(static_cast<unsigned>(date.day())), 2);
    append(text += 'T', clock.hours().count(), 2);
    append(text += ':', clock.minutes().count(), 2);
    append(text += ':', clock.seconds().count(), 2);
    append(text += '.', clock.subseconds().count(), 3);
    return text += 'Z';
}

std::optional<WallTime> parse_date_time(std::string_view text) {
    bool ok = true;
    const int year = take_digits(text, 4, ok);
    take_one_of(text, "-", ok);
    const auto month = static_cast<unsigned>(take_digits(text, 2, ok));
    take_one_of(text, "-", ok);
    const auto day = static_cast<unsigned>(take_digits(text, 2, ok));
    take_one_of(text, "Tt ", ok);
    const int hour = take_digits(text, 2, ok);
    take_one_of(text, ":", ok);
    const int minute = take_digits(text, 2, ok);
    take_one_of(text, ":", ok);
    const int second = take_digits(text, 2, ok);  // 60: a leap second, the first of the next minute.
    const int milliseconds = take_fraction(text, ok);
    const auto offset = take_offset(text, ok);
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
    if (!ok || !text.empty() || year < 1970 || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} + Seconds{second} +
           Milliseconds{milliseconds} - offset;
}

}  // namespace vivi::api
