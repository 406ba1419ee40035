// The list and the patterns.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/password_rules.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "server/auth/passwords.hpp"

namespace vivi::auth {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_letter(char c) noexcept { return c >= 'a' && c <= 'z'; }

std::string lowered(std::string_view text) {
    std::string copy{text};
    std::ranges::transform(copy, copy.begin(), lower);
    return copy;
}

const std::set<std::string, std::less<>>& common() {
    static const auto words = [] {
        std::set<std::string, std::less<>> set;
        for (auto rest = common_passwords(); !rest.empty();) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const auto line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (!line.empty() && !line.starts_with("#!comment")) set.insert(lowered(line));
        }
        return set;
    }();
    return words;
}

/// "dragon" of "dragon2024!": what is left when digits and signs at the end are gone.
std::string_view stem(std::string_view text) {
    while (!text.empty() && !is_letter(text.back()) && static_cast<unsigned char>(text.back()) < 0x80) text.remove_suffix(1);
    return text;
}

/// Every character one more than the one before, or one less, or the same.
bool is_run(std::string_view text) {
    for (const int step : {-1, 0, 1}) {
        bool holds = true;
        for (std::size_t i = 1; i < text.size() && holds; ++i) {
            const int gap = text[i] - text[i - 1];
            holds = gap == step || (step == 1 && text[i - 1] == '9' && text[i] == '0');
        }
        if (holds) return true;
    }
    return false;
}

bool is_keyboard_row(std::string_view text) {
    for (const std::string_view rows :
         {"qwertyuiopasdfghjklzxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"})
        if (rows.find(text) != std::string_view::npos) return true;
    return false;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

Status check_new_password(std::string_view password, std::string_view email, std::string_view name) {
    if (characters(password) < shortest_password) return failed(Code::Invalid, "A password has at least 8 characters.");
    if (password.size() > longest_password) return failed(Code::Invalid, "A password has at most 256 bytes.");
    const auto text = lowered(password);
    const auto base = stem(text);
    const auto is_known = [](std::string_view word) { return common().contains(word); };
    if (is_known(text) || (base.size() >= 3 && is_known(base)) || is_run(text) || is_keyboard_row(text) || is_keyboard_row(base))
        return failed(Code::Invalid, "This password is one of those that are tried first; choose another.");
    const auto mail = lowered(email), person = lowered(name);
    const auto local = mail.substr(0, mail.find('@'));
    const auto is_theirs = [&](std::string_view word) { return !word.empty() && (text == word || base == word); };
    if (is_theirs(mail) || is_theirs(local) || is_theirs(person) || is_theirs("vivi"))
        return failed(Code::Invalid, "This password is your name or your e-mail; choose another.");
    return {};
}

}  // namespace vivi::auth
