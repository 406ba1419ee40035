// The readers of the list formats: each takes a line without its end and says to the sink what it is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/list_sink.hpp"

namespace vivi::policy {

constexpr std::string_view blanks = " \t\r\f\v";
/// A line longer than that is in no list; it is invalid and not looked at.
constexpr std::size_t most_line_bytes = 65'536;

std::string_view trim(std::string_view text) noexcept;
/// The front of `text` up to the next blank, which is taken off it; empty at the end.
std::string_view take_word(std::string_view& text) noexcept;
/// `text` in front of a '#' that begins it or follows a blank.
std::string_view without_comment(std::string_view text) noexcept;

/// Calls `read` with every line of `text` that is not blank, without its end, sink.begin_line() done. Lines too long are invalid.
template <class Read>
void for_each_line(std::string_view text, ListSink& sink, std::string_view place, const Read& read) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        sink.begin_line(number, line, place);
        if (line.size() > most_line_bytes) {
            sink.invalid("longer than 65,536 bytes");
            continue;
        }
        line = line.substr(0, line.find_last_not_of(blanks) + 1);
        if (!line.empty()) read(line);
    }
}

// The readers of formats whose lines stand alone take a line without blanks at its ends.

/// hosts(5): "0.0.0.0 name name # comment".
void read_hosts_line(std::string_view line, ListSink& sink);
/// One name a line; also UT1's `domains` files, then with their folder's name.
void read_domains_line(std::string_view line, ListSink& sink, std::string_view attribute = {});
/// https://adguard-dns.io/kb/general/dns-filtering-syntax/ and what lists for browsers have besides.
void read_adguard_line(std::string_view line, ListSink& sink);
/// dnsmasq(8): --address, --server, --local as a configuration file has them.
void read_dnsmasq_line(std::string_view line, ListSink& sink);

/// A response policy zone (draft-vixie-dnsop-dns-rpz) as a zone file (RFC 1035 section 5).
class RpzReader {
public:
    explicit RpzReader(ListSink& sink) : sink_{sink} {}
    /// `line` untrimmed at its front: a blank there means the owner of the line before.
    void read(std::string_view line);

private:
    void read_directive(std::string_view line);
    void read_record(std::string_view rest);
    void read_action(std::string_view type, std::string_view data);
    /// The name of `text` from the file, absolute and without final dot.
    std::string absolute(std::string_view text) const;
    /// What the last owner is about: its name without the zone's; empty for the zone itself, nothing outside of it.
    std::optional<std::string_view> trigger() const;
    void accept(bool allows);

    ListSink& sink_;
    std::string origin_{};            ///< Of relative names.
    std::string apex_{};              ///< Of the zone: no part of the names it is about.
    std::string owner_{};             ///< Of the last record.
    bool is_in_parentheses_ = false;  ///< RFC 1035 section 5.1: a record over several lines.
};

/// https://github.com/v2fly/domain-list-community#structure-of-data
class V2flyReader {
public:
    using Include = std::function<std::optional<std::string>(std::string_view)>;
    V2flyReader(ListSink& sink, const Include& include) : sink_{sink}, include_{include} {}
    void read(std::string_view text);

private:
    using Attributes = std::vector<std::string_view>;
    void read_text(std::string_view text, std::string_view place);
    void read_line(std::string_view line);
    void read_name(std::string_view rule, const Attributes& attributes);
    void read_include(std::string_view name, const Attributes& attributes);
    /// Whether every "include:name @attr @-other" on the way here lets an entry with these attributes through.
    bool is_let_through(const Attributes& attributes) const;

    ListSink& sink_;
    const Include& include_;
    std::vector<std::vector<std::string>> filters_{};  ///< Of the includes being read: "attr", "-other".
    std::size_t included_bytes_ = 0;
};

}  // namespace vivi::policy
