// POSIX TZ: names are skipped, offsets and changes are kept.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/time_zone_footer.hpp"

#include <algorithm>
#include <chrono>

namespace vivi::policy {
namespace {

using Change = TimeZone::YearlyChange;

/// Sticky, like core's Reader: after the first thing out of place everything is zero and ok() is false.
class Text {
public:
    explicit Text(std::string_view text) noexcept : rest_{text} {}

    bool ok() const noexcept { return ok_; }
    bool done() const noexcept { return rest_.empty(); }
    bool take(char c) noexcept {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void need(char c) noexcept { ok_ = take(c) && ok_; }

    std::int32_t number(std::int32_t least, std::int32_t most) noexcept {
        std::int32_t value = 0;
        std::size_t digits = 0;
        for (; digits < rest_.size() && digits < 4 && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits)
            value = value * 10 + (rest_[digits] - '0');
        rest_.remove_prefix(digits);
        ok_ = ok_ && digits > 0 && value >= least && value <= most;
        return ok_ ? value : least;
    }
    /// [+-]hh[:mm[:ss]] in seconds.
    std::int32_t time(std::int32_t most_hours) noexcept {
        const bool is_negative = take('-');
        if (!is_negative) take('+');
        auto seconds = number(0, most_hours) * 3600;
        if (take(':')) seconds += number(0, 59) * 60;
        if (take(':')) seconds += number(0, 59);
        return is_negative ? -seconds : seconds;
    }
    /// "CET" or "<+0330>".
    void name() noexcept {
        const bool is_quoted = take('<');
        const auto is_letter = [&](char c) {
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            return letter || (is_quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
        };
        std::size_t length = 0;
        while (length < rest_.size() && is_letter(rest_[length])) ++length;
        rest_.remove_prefix(length);
        ok_ = ok_ && length >= 3;
        if (is_quoted) need('>');
    }
    bool starts_number() const noexcept {
        return !rest_.empty() && (rest_[0] == '+' || rest_[0] == '-' || (rest_[0] >= '0' && rest_[0] <= '9'));
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

constexpr std::int32_t most_offset_hours = 24, most_change_hours = 167;

Change change(Text& in) noexcept {
    Change change;
    if (in.take('M')) {
        change.month = in.number(1, 12);
        in.need('.');
        change.week = in.number(1, 5);
        in.need('.');
        change.day = in.number(0, 6);
    } else if (in.take('J')) {
        change.kind = Change::Kind::DayOfYear;
        change.day = in.number(1, 365);
    } else {
        change.kind = Change::Kind::DaysIntoYear;
        change.day = in.number(0, 365);
    }
    if (in.take('/')) change.time = in.time(most_change_hours);
    return change;
}

std::chrono::sys_days day_of(const Change& change, std::chrono::year year) noexcept {
    using namespace std::chrono;
    const sys_days new_year{year / January / 1};
    switch (change.kind) {
        case Change::Kind::Month: {
            const auto month = year / std::chrono::month{static_cast<unsigned>(change.month)};
            const weekday day{static_cast<unsigned>(change.day)};
            return change.week == 5 ? sys_days{month / day[last]} : sys_days{month / day[static_cast<unsigned>(change.week)]};
        }
        case Change::Kind::DayOfYear: {
            const bool is_behind_leap_day = year.is_leap() && change.day >= 60;
            return new_year + days{change.day - 1 + (is_behind_leap_day ? 1 : 0)};
        }
        case Change::Kind::DaysIntoYear: return new_year + days{change.day};
    }
    return new_year;
}

}  // namespace

std::optional<TimeZone::Footer> parse_footer(std::string_view text) noexcept {
    Text in{text};
    TimeZone::Footer footer;
    in.name();
    footer.standard = -in.time(most_offset_hours);  // POSIX counts west of Greenwich.
    if (in.ok() && in.done()) return footer;
    in.name();
    footer.daylight = in.starts_number() ? -in.time(most_offset_hours) : footer.standard + 3600;
    in.need(',');
    const auto begins = change(in);
    in.need(',');
    const auto ends = change(in);
    if (!in.ok() || !in.done()) return std::nullopt;
    footer.changes = {begins, ends};
    return footer;
}

std::array<TimeZone::Transition, 6> changes_around(const TimeZone::Footer& footer, std::int64_t at) noexcept {
    using namespace std::chrono;
    std::array<TimeZone::Transition, 6> changes{};
    if (!footer.changes) return changes;
    const year_month_day date{floor<days>(sys_seconds{seconds{at + footer.standard}})};
    for (int i = 0; i < 3; ++i) {
        const auto year = date.year() + years{i - 1};
        const auto begins = sys_seconds{day_of((*footer.changes)[0], year)}.time_since_epoch().count();
        const auto ends = sys_seconds{day_of((*footer.changes)[1], year)}.time_since_epoch().count();
        // Each is written in the local time that it ends. The end stands first: where it meets the next beginning, daylight
        // saving time goes on.
        changes[static_cast<std::size_t>(2 * i)] = {ends + (*footer.changes)[1].time - footer.daylight, footer.standard};
        changes[static_cast<std::size_t>(2 * i + 1)] = {begins + (*footer.changes)[0].time - footer.standard, footer.daylight};
    }
    for (auto next = changes.begin(); next != changes.end(); ++next)  // By insertion: what is equal stays in order.
        std::rotate(std::ranges::upper_bound(changes.begin(), next, next->at, {}, &TimeZone::Transition::at), next, next + 1);
    return changes;
}

}  // namespace vivi::policy
