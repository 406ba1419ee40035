// Reading the steps of a script.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/fleet/script.hpp"

#include <charconv>
#include <optional>
#include <vector>

namespace vivi::sim {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const auto space = line.find(' ');
        if (space != 0) words.push_back(line.substr(0, space));
        line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
    }
    return words;
}

std::optional<int> number_of(std::string_view word, int least, int most) {
    int number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool fits = error == std::errc{} && end == word.data() + word.size() && number >= least && number <= most;
    return fits ? std::optional{number} : std::nullopt;
}

std::optional<Fault::Kind> kind_of(std::string_view word) {
    if (word == "cut") return Fault::Kind::Cut;
    if (word == "half-open") return Fault::Kind::HalfOpen;
    if (word == "leave") return Fault::Kind::Leave;
    return std::nullopt;
}

}  // namespace

Result<Step> parse_step(std::string_view line) {
    const auto wrong = [line](const char* what) { return failed(Code::Invalid, "'" + std::string{line} + "': " + what); };
    const auto words = words_of(line);
    if (words.size() < 4 || (words[0] != "at" && words[0] != "every"))
        return wrong("must be like 'at 30 cut 10' or 'every 60 half-open 5 45'");
    const auto at = number_of(words[1], 1, 1'000'000);
    const auto kind = kind_of(words[2]);
    const auto percent = number_of(words[3], 1, 100);
    if (!at) return wrong("the second word is a number of seconds above 0");
    if (!kind) return wrong("the third word is cut, half-open or leave");
    if (!percent) return wrong("the fourth word is a share in percent, 1 to 100");
    const bool lasts = *kind != Fault::Kind::Cut;
    if (words.size() != (lasts ? 5U : 4U)) return wrong("half-open and leave say how long, cut does not");
    const auto lasting = lasts ? number_of(words[4], 1, 1'000'000) : std::optional{0};
    if (!lasting) return wrong("the last word is a number of seconds above 0");
    return Step{.at = Seconds{*at},
                .is_repeated = words[0] == "every",
                .percent = *percent,
                .fault = {.kind = *kind, .lasting = Seconds{*lasting}}};
}

}  // namespace vivi::sim
