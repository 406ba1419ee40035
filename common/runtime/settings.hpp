// Bootstrap configuration of a process: declared keys, read once from a TOML file and VIVI_* variables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi {

using SettingValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

/// One key a process understands. Its type is the type of its fallback.
struct Setting {
    std::string key;        ///< "bus.url": table and name in the file; VIVI_BUS_URL in the environment.
    SettingValue fallback;  ///< Used when neither file nor environment say otherwise.
    std::string meaning;    ///< One sentence with the unit; printed by --help and required in docs/configuration.md.
};

/// The values in force. Asking for a key that was not declared, or with another type, is a bug (assert).
class Settings {
public:
    const std::string& text(std::string_view key) const;
    std::int64_t number(std::string_view key) const;
    bool flag(std::string_view key) const;
    const std::vector<std::string>& list(std::string_view key) const;
    Seconds seconds(std::string_view key) const { return Seconds{number(key)}; }
    Milliseconds milliseconds(std::string_view key) const { return Milliseconds{number(key)}; }

private:
    friend Result<Settings> parse_settings(std::span<const Setting>, std::string_view, std::string_view,
                                           const std::map<std::string, std::string>&);
    std::map<std::string, SettingValue, std::less<>> values_;
};

/// `toml` is the file's text and `file` its name for messages; `environment` holds the VIVI_* variables. Every problem is
/// reported at once, one a line, as "file:line: key: what is wrong"; unknown keys are problems.
Result<Settings> parse_settings(std::span<const Setting> declared, std::string_view toml, std::string_view file,
                                const std::map<std::string, std::string>& environment);

/// "bus.url" → "VIVI_BUS_URL".
std::string environment_name(std::string_view key);

}  // namespace vivi
