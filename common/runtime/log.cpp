// spdlog behind our names.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <string>

namespace vivi::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::Debug: return spdlog::level::debug;
        case Level::Info: return spdlog::level::info;
        case Level::Warn: return spdlog::level::warn;
        case Level::Error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

bool needs_quotes(std::string_view value) {
    if (value.empty()) return true;
    for (const char c : value) {
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
    }
    return false;
}

void append_quoted(std::string& line, std::string_view value) {
    constexpr std::string_view hex = "0123456789abcdef";
    line += '"';
    for (const char c : value) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (octet < ' ' || octet == 0x7f) {
            line += "\\x";
            line += hex[octet >> 4];
            line += hex[octet & 0x0f];
        } else {
            line += c;
        }
    }
    line += '"';
}

std::shared_ptr<spdlog::logger> make_logger(std::string_view process, Level least) {
    auto logger = std::make_shared<spdlog::logger>(std::string{process}, std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %n %v", spdlog::pattern_time_type::utc);
    logger->set_level(to_spdlog(least));
    logger->flush_on(spdlog::level::debug);
    return logger;
}

/// The process's one logger (shared: that is how spdlog's sinks are held). Set by open() before there are threads; until then, and in
/// tests, a logger without a process's name.
std::shared_ptr<spdlog::logger>& current() {
    static auto logger = make_logger("vivi", Level::Info);
    return logger;
}

void write(Level level, std::string_view event, Fields fields) {
    auto* logger = current().get();
    if (logger->should_log(to_spdlog(level))) logger->log(to_spdlog(level), "{}", render(event, fields));
}

}  // namespace

void open(std::string_view process, Level least) { current() = make_logger(process, least); }

bool parse_level(std::string_view text, Level& level) {
    if (text == "debug") level = Level::Debug;
    else if (text == "info") level = Level::Info;
    else if (text == "warn") level = Level::Warn;
    else if (text == "error") level = Level::Error;
    else return false;
    return true;
}

void debug(std::string_view event, Fields fields) { write(Level::Debug, event, fields); }
void info(std::string_view event, Fields fields) { write(Level::Info, event, fields); }
void warn(std::string_view event, Fields fields) { write(Level::Warn, event, fields); }
void error(std::string_view event, Fields fields) { write(Level::Error, event, fields); }

std::string render(std::string_view event, Fields fields) {
    std::string line{event};
    for (const auto& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        if (needs_quotes(field.value)) append_quoted(line, field.value);
        else line += field.value;
    }
    return line;
}

}  // namespace vivi::log
