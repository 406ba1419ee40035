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

}  // namespace vivi::api
