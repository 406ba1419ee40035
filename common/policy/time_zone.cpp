// TZif: a header, a block of 32-bit times that version 1 readers use, and behind it the same with 64 bits and a footer.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/time_zone.hpp"

#include <algorithm>

#include "common/policy/time_zone_footer.hpp"

namespace vivi::policy {
namespace {

/// The Gregorian calendar repeats after 400 years, weekdays included: far times are looked up in 1970 to 2370.
constexpr std::int64_t calendar_period = std::int64_t{146'097} * 86'400;

/// RFC 9636 section 3.2 "utoff": outside of this no reader need understand it.
constexpr std::int32_t least_offset = -89'999, most_offset = 93'599;

std::int64_t unix_seconds(WallTime at) noexcept { return std::chrono::floor<Seconds>(at).time_since_epoch().count(); }

WallTime wall_time(std::int64_t unix_seconds) noexcept {
    constexpr auto most = WallTime::max().time_since_epoch().count() / 1000;
    return WallTime{Milliseconds{std::clamp(unix_seconds, -most, most) * 1000}};
}

std::int64_t in_period(std::int64_t at) noexcept { return (at % calendar_period + calendar_period) % calendar_period; }

std::int32_t offset_by(const TimeZone::Footer& footer, std::int64_t at) noexcept {
    if (!footer.changes) return footer.standard;
    const auto near = in_period(at);
    auto offset = footer.standard;
    for (const auto& change : changes_around(footer, near)) {
        if (change.at <= near) offset = change.offset;
    }
    return offset;
}

/// RFC 9636 section 3.1.
struct Header {
    std::uint8_t version = 0;
    std::uint32_t isut = 0, isstd = 0, leap = 0, time = 0, type = 0, chars = 0;
};

std::optional<Header> read_header(Reader& in) {
    const auto magic = as_text(in.take(4));
    Header header{.version = in.u8()};
    in.take(15);
    for (auto* count : {&header.isut, &header.isstd, &header.leap, &header.time, &header.type, &header.chars}) *count = in.u32();
    if (!in.ok() || magic != "TZif") return std::nullopt;
    return header;
}

void skip_block(Reader& in, const Header& header, std::size_t time_size) {
    in.take(std::size_t{header.time} * (time_size + 1));
    in.take(std::size_t{header.type} * 6);
    in.take(header.chars);
    in.take(std::size_t{header.leap} * (time_size + 4));
    in.take(std::size_t{header.isstd} + header.isut);
}

}  // namespace

Seconds TimeZone::offset(WallTime at) const noexcept {
    const auto seconds = unix_seconds(at);
    const auto behind = std::ranges::upper_bound(transitions_, seconds, {}, &Transition::at);
    if (behind == transitions_.end() && footer_) return Seconds{offset_by(*footer_, seconds)};
    return Seconds{behind == transitions_.begin() ? first_offset_ : std::prev(behind)->offset};
}

std::optional<WallTime> TimeZone::next_transition(WallTime after) const noexcept {
    const auto seconds = unix_seconds(after);
    const auto next = std::ranges::upper_bound(transitions_, seconds, {}, &Transition::at);
    if (next != transitions_.end()) return wall_time(next->at);
    if (!footer_ || !footer_->changes) return std::nullopt;
    const auto near = in_period(seconds);
    for (const auto& change : changes_around(*footer_, near)) {
        if (change.at > near) return wall_time(seconds + (change.at - near));
    }
    return std::nullopt;
}

Result<TimeZone> parse_time_zone(BytesView file) {
    const auto refused = [](const char* why) { return failed(Code::Invalid, std::string{"time zone: "} + why); };
    Reader in{file};
    auto header = read_header(in);
    if (!header) return refused("not a TZif file");
    const auto version = header->version;
    if (version != 0 && (version < '2' || version > '4')) return refused("a version that is not known");
    if (version != 0) {
        skip_block(in, *header, 4);
        header = read_header(in);
        if (!header || header->version != version) return refused("the 64-bit part is missing");
    }
    if (header->leap != 0) return refused("it counts leap seconds");
    if (header->type == 0 || header->type > 256) return refused("a wrong number of local time types");
    const std::size_t time_size = version == 0 ? 4 : 8;
    Reader times = in.sub(std::size_t{header->time} * time_size);
    Reader types_of = in.sub(header->time);
    Reader types = in.sub(std::size_t{header->type} * 6);
    in.take(header->chars);
    in.take(std::size_t{header->isstd} + header->isut);
    if (!in.ok()) return refused("cut short");

    TimeZone zone;
    std::vector<std::int32_t> offsets;
    while (!types.done()) {
        offsets.push_back(static_cast<std::int32_t>(types.u32()));
        if (offsets.back() < least_offset || offsets.back() > most_offset) return refused("an offset beyond a day");
        types.take(2);  // Daylight saving time or not, and the abbreviation.
    }
    zone.first_offset_ = offsets.front();
    while (!times.done()) {
        const auto at = version == 0 ? static_cast<std::int32_t>(times.u32()) : static_cast<std::int64_t>(times.u64());
        const auto type = types_of.u8();
        if (type >= offsets.size()) return refused("a local time type that does not exist");
        if (!zone.transitions_.empty() && at <= zone.transitions_.back().at) return refused("transitions are not in order");
        zone.transitions_.push_back({at, offsets[type]});
    }
    if (version == 0) return zone;
    const auto footer = as_text(in.rest());
    const auto end = footer.find('\n', 1);
    if (!footer.starts_with('\n') || end == std::string_view::npos) return refused("the footer is missing");
    if (end == 1) return zone;
    zone.footer_ = parse_footer(footer.substr(1, end - 1));
    if (!zone.footer_) return refused("the footer cannot be read");
    return zone;
}

}  // namespace vivi::policy
