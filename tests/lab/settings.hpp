// Where the lab keeps its files and finds the programs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/core/result.hpp"
#include "tests/lab/topology.hpp"

namespace vivi::lab {

struct Settings {
    std::string state = "/var/tmp/vivi-lab";  ///< Everything the lab writes; emptied at start. Short: unix sockets live in it.
    std::string programs{};                   ///< The folder of vivi-* programs.
    std::string web_root{};                   ///< The built dashboard.
    std::string scripts{};                    ///< deploy/demo: what guests run.
    std::uint16_t web_port = 8080;            ///< On 127.0.0.1 of the machine.
    Shape shape{};
    bool guests_browse = true;  ///< False: guests have namespaces but nothing runs in them until a test starts it.
    bool shifts_clock = false;  ///< The wall clock of the router's daemons is off by the seconds in <state>/clock-shift.
    bool json = false;          ///< The last line is one JSON object.

    std::string path(const std::string& name) const { return state + "/" + name; }
    std::string program(const std::string& name) const { return programs + "/" + name; }
};

/// Writes a file below the state folder, making its folders; mode 0600 when secret.
Status write_file(const std::string& path, const std::string& text, bool secret = false);
/// The file's text.
Result<std::string> read_file(const std::string& path);

}  // namespace vivi::lab
