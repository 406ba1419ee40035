// Structured log lines: a dotted event name that never changes, and key=value pairs. docs/log_events.md explains each name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace vivi::log {

enum class Level : std::uint8_t { Debug, Info, Warn, Error };

/// One key=value. The value is rendered when the field is made, so a field owns nothing of the caller's.
struct Field {
    std::string_view key;
    std::string value;

    Field(std::string_view k, std::string_view text) : key{k}, value{text} {}
    Field(std::string_view k, const std::string& text) : key{k}, value{text} {}
    Field(std::string_view k, const char* text) : key{k}, value{text} {}
    Field(std::string_view k, bool yes) : key{k}, value{yes ? "true" : "false"} {}
    template <class Number>
        requires(std::integral<Number> || std::floating_point<Number>)
    Field(std::string_view k, Number number) : key{k}, value{std::to_string(number)} {}
};
using Fields = std::initializer_list<Field>;

/// Names the process and sets the least level that is written. Lines go to stderr.
void open(std::string_view process, Level least);
/// "debug", "info", "warn", "error"; false when it is none of them.
bool parse_level(std::string_view text, Level& level);

/// The story of a developer's day; off by default.
void debug(std::string_view event, Fields fields = {});
/// The story of a healthy day.
void info(std::string_view event, Fields fields = {});
/// Handled here.
void warn(std::string_view event, Fields fields = {});
/// Needs a person.
void error(std::string_view event, Fields fields = {});

/// The line without time and level: `lease.granted mac=02:… seconds=3600`. Values with spaces, quotes or control
/// characters are quoted and escaped, so a stranger's host name cannot forge a line.
std::string render(std::string_view event, Fields fields);

}  // namespace vivi::log
