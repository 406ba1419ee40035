// Runs a program and pulls the plug at its nth change of a folder: the process is killed, and what was not synced is lost
// (ptrace(2)). SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace vivi::test {

struct Cut {
    bool was_made = false;  ///< False: the program had ended before.
    int exit_code = 0;      ///< When it had.
    std::string call{};     ///< "renameat": what it was about to do.
};

/// A change is a system call that writes, syncs, names or removes something below `folder`, or opens it for writing; the first
/// is 1. The program is killed before it does the nth. Files that were written and not synced since are then empty: what ext4 may
/// leave.
Cut run_until_cut(std::vector<std::string> command, const std::string& folder, int nth);

}  // namespace vivi::test
