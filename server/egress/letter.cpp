// Header fields one by one, so that nothing a person typed can begin another.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/letter.hpp"

#include <algorithm>
#include <array>

#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"

namespace vivi::egress {
namespace {

constexpr std::size_t longest_address = 254, longest_local_part = 64, longest_label = 63;
constexpr std::string_view line_end = "\r\n";

bool is_letter_or_digit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
/// RFC 5322 section 3.2.3.
bool is_atom_text(char c) noexcept {
    return is_letter_or_digit(c) || std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}
bool is_label(std::string_view label) noexcept {
    return !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

/// Do the parts between the dots all hold?
template <class Holds>
bool all_parts(std::string_view text, Holds holds) noexcept {
    for (;;) {
        const auto dot = std::min(text.find('.'), text.size());
        if (!holds(text.substr(0, dot))) return false;
        if (dot == text.size()) return true;
        text.remove_prefix(dot + 1);
    }
}

/// RFC 4648 section 4, with padding.
std::string to_base64(std::string_view text) {
    auto encoded = crypto::to_base64url(as_bytes(text));
    std::ranges::replace(encoded, '-', '+');
    std::ranges::replace(encoded, '_', '/');
    encoded.append((4 - encoded.size() % 4) % 4, '=');
    return encoded;
}

std::string without_controls(std::string_view text) {
    std::string clean{text};
    std::ranges::replace_if(clean, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return clean;
}

bool is_plain(std::string_view text) noexcept {
    constexpr std::size_t longest_plain = 60;
    return text.size() <= longest_plain && text.find("=?") == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// RFC 2047 section 2: encoded words of at most 75 characters, each of whole UTF-8 sequences, on lines of their own.
std::string encoded_words(std::string_view text) {
    constexpr std::size_t most_octets = 39;  // With the longest of our field names within 76 characters.
    std::string words;
    while (!text.empty()) {
        auto size = std::min(text.size(), most_octets);
        while (size > 1 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
        if (!words.empty()) words.append(line_end).append(" ");
        words.append("=?UTF-8?B?").append(to_base64(text.substr(0, size))).append("?=");
        text.remove_prefix(size);
    }
    return words;
}

std::string unstructured(std::string_view text) {
    const auto clean = without_controls(text);
    return is_plain(clean) ? clean : encoded_words(clean);
}

std::string mailbox(const Sender& sender) {
    if (sender.name.empty()) return sender.address;
    const bool is_atoms =
        std::ranges::all_of(sender.name, [](char c) { return is_atom_text(c) || c == ' '; }) && is_plain(sender.name);
    return (is_atoms ? sender.name : encoded_words(without_controls(sender.name))) + " <" + sender.address + ">";
}

/// RFC 5322 section 3.3, UTC.
std::string date(WallTime at) {
    static constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day calendar{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<Seconds>(at - day)};
    const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string{weekdays[std::chrono::weekday{day}.c_encoding()]} + ", " + two(static_cast<unsigned>(calendar.day())) +
           " " + std::string{months[static_cast<unsigned>(calendar.month()) - 1]} + " " +
           std::to_string(static_cast<int>(calendar.year())) + " " + two(clock.hours().count()) + ":" +
           two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + " +0000";
}

/// RFC 2045 section 6.8: lines of at most 76 characters. The text's own line ends become CRLF (section 2.2 of RFC 2046).
std::string body(std::string_view text) {
    constexpr std::size_t line = 76;
    std::string canonical;
    for (const char c : text) canonical.append(c == '\n' ? line_end : std::string_view{&c, 1});
    const auto encoded = to_base64(canonical);
    std::string lines;
    for (std::size_t i = 0; i < encoded.size(); i += line) lines.append(encoded, i, line).append(line_end);
    return lines;
}

}  // namespace

bool is_mail_address(std::string_view text) noexcept {
    const auto at = text.find('@');
    if (at == std::string_view::npos || text.size() > longest_address || at > longest_local_part) return false;
    const auto domain = text.substr(at + 1);
    const auto is_atom = [](std::string_view part) { return !part.empty() && std::ranges::all_of(part, is_atom_text); };
    return all_parts(text.substr(0, at), is_atom) && all_parts(domain, is_label) &&
           (domain.find('.') != std::string_view::npos || domain == "localhost");
}

Result<Sender> parse_sender(std::string_view text) {
    Sender sender{.name = {}, .address = std::string{text}};
    const auto open = text.find('<');
    if (open != std::string_view::npos && text.ends_with('>')) {
        sender.address = text.substr(open + 1, text.size() - open - 2);
        sender.name = text.substr(0, open);
        while (sender.name.ends_with(' ')) sender.name.pop_back();
    }
    if (!is_mail_address(sender.address))
        return failed(Code::Invalid, "'" + std::string{text} + "' is not like \"Vivi <vivi@example.org>\"");
    return sender;
}

Result<std::string> render_letter(const Letter& letter, const Sender& from, WallTime at, std::string_view id) {
    if (!is_mail_address(letter.to)) return failed(Code::Invalid, "the recipient is no mail address");
    const auto domain = from.address.substr(from.address.find('@') + 1);
    std::string message;
    const auto field = [&](std::string_view name, std::string_view value) {
        message.append(name).append(": ").append(value).append(line_end);
    };
    field("Date", date(at));
    field("From", mailbox(from));
    field("To", letter.to);
    field("Subject", unstructured(letter.subject));
    field("Message-ID", "<" + std::string{id} + "@" + domain + ">");
    field("MIME-Version", "1.0");
    field("Content-Type", "text/plain; charset=utf-8");
    field("Content-Transfer-Encoding", "base64");
    field("Auto-Submitted", "auto-generated");  // RFC 3834 section 5: nobody's holiday notice answers it.
    message.append(line_end).append(body(letter.text));
    return message;
}

}  // namespace vivi::egress
