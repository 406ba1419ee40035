// Lines of text from counts.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/list_text.hpp"

#include <algorithm>

namespace vivi::policy {
namespace {

/// "  accepted       42373"
std::string counted(std::string_view what, std::size_t count) {
    std::string line{"  "};
    line += what;
    line.resize(15, ' ');
    return line + std::to_string(count) + "\n";
}

}  // namespace

std::string render(const ListReport& report, std::string_view name, ListFormat format, std::size_t most_shown) {
    std::string text{name};
    text.append(" (").append(to_string(format)).append("): ").append(std::to_string(report.lines)).append(" lines\n");
    text += counted("accepted", report.accepted);
    text += counted("duplicates", report.duplicates);
    text += counted("unsupported", report.unsupported);
    text += counted("invalid", report.invalid);
    for (std::size_t i = 0; i < std::min(most_shown, report.examples.size()); ++i) {
        const auto& line = report.examples[i];
        text.append("  line ").append(std::to_string(line.line)).append(": ").append(line.reason);
        text.append(": ").append(line.text).append("\n");
    }
    const auto unusable = report.unsupported + report.invalid, shown = std::min(most_shown, report.examples.size());
    if (unusable > shown) text.append("  and ").append(std::to_string(unusable - shown)).append(" more\n");
    return text;
}

Result<std::string> describe_list(std::string_view text, std::string_view name, std::optional<ListFormat> format,
                                  const std::function<std::optional<std::string>(std::string_view)>& include) {
    if (!format) format = guess_list_format(text);
    if (!format) return failed(Code::Invalid, std::string{name} + ": its format cannot be guessed; say which one it is");
    return render(read_list(text, *format, [](const ListEntry&) {}, include), name, *format);
}

}  // namespace vivi::policy
