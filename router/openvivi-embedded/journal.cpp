// sd-journal(3): matches, seeking from the end, reading fields.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/journal.hpp"

#include <systemd/sd-journal.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

namespace vivi::openvivi_embedded {
namespace {

constexpr std::size_t most_line_bytes = 4096;

std::unexpected<Error> journal_error(int result) {
    return failed(result == -EACCES || result == -EPERM ? Code::Denied : Code::Unavailable,
                  std::string{"journal: "} + std::strerror(-result));
}

/// "FIELD=value" of the current entry without its name; empty when it has none.
std::string field(sd_journal* journal, const char* name) {
    const void* data = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, name, &data, &size) < 0) return {};
    const std::string_view text{static_cast<const char*>(data), size};
    return std::string{text.substr(std::min(size, std::strlen(name) + 1)).substr(0, most_line_bytes)};
}

template <class Number>
Number number(const std::string& text, Number fallback) {
    Number value = fallback;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

LogLine line_at(sd_journal* journal) {
    std::uint64_t at = 0;
    sd_journal_get_realtime_usec(journal, &at);
    return {.at = from_unix_ms(static_cast<std::int64_t>(at / 1000)),
            .priority = number(field(journal, "PRIORITY"), 6),
            .pid = number<std::uint32_t>(field(journal, "_PID"), 0),
            .text = field(journal, "MESSAGE")};
}

}  // namespace

Journal::~Journal() { sd_journal_close(journal_); }

nlohmann::json to_json(const LogLine& line) {
    return {{"at", to_unix_ms(line.at)}, {"priority", line.priority}, {"pid", line.pid}, {"text", line.text}};
}

Result<std::unique_ptr<Journal>> Journal::open(const std::string& unit) {
    sd_journal* raw = nullptr;
    if (const int result = sd_journal_open(&raw, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM); result < 0)
        return journal_error(result);
    std::unique_ptr<Journal> journal{new Journal{raw}};  // The constructor is private.
    const auto match = "_SYSTEMD_UNIT=" + unit;
    if (const int result = sd_journal_add_match(raw, match.data(), match.size()); result < 0) return journal_error(result);
    sd_journal_set_data_threshold(raw, most_line_bytes + 64);
    return journal;
}

bool Journal::is_there() const {
    return sd_journal_has_runtime_files(journal_) > 0 || sd_journal_has_persistent_files(journal_) > 0;
}

Result<std::vector<LogLine>> Journal::last(const LogQuestion& question) {
    std::vector<LogLine> lines;
    std::size_t bytes = 0;
    if (const int result = sd_journal_seek_tail(journal_); result < 0) return journal_error(result);
    while (lines.size() < question.lines) {
        const int moved = sd_journal_previous(journal_);
        if (moved < 0) return journal_error(moved);
        if (moved == 0) break;
        auto line = line_at(journal_);
        bytes += line.text.size() + 1;
        if ((question.since && line.at < *question.since) || bytes > question.most_bytes) break;
        lines.push_back(std::move(line));
    }
    std::ranges::reverse(lines);
    // Behind the newest: next() then gives what comes.
    if (const int result = sd_journal_seek_tail(journal_); result < 0) return journal_error(result);
    if (const int result = sd_journal_previous(journal_); result < 0) return journal_error(result);
    return lines;
}

Result<std::vector<LogLine>> Journal::next(std::size_t lines) {
    if (const int result = sd_journal_wait(journal_, 0); result < 0) return journal_error(result);  // New files are noticed here.
    std::vector<LogLine> found;
    while (found.size() < lines) {
        const int moved = sd_journal_next(journal_);
        if (moved < 0) return journal_error(moved);
        if (moved == 0) break;
        found.push_back(line_at(journal_));
    }
    return found;
}

}  // namespace vivi::openvivi_embedded
