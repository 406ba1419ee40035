// Normalising, counting, and the first lines that could not be used.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/list_sink.hpp"

#include <algorithm>
#include <utility>

#include "common/core/domain_name.hpp"
#include "common/core/net.hpp"
#include "common/policy/catalogue_arena.hpp"

namespace vivi::policy {
namespace {

constexpr std::size_t most_example_bytes = 200;
constexpr std::size_t most_probes = 64;

std::string printable(std::string_view text) {
    std::string shown{text.substr(0, most_example_bytes)};
    std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
    return shown;
}

bool is_address(std::string_view text) noexcept {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    return parse_address(text).has_value() || parse_ip_prefix(text).has_value();
}

}  // namespace

bool SeenHashes::add(std::uint64_t hash) {
    hash = std::max<std::uint64_t>(hash, 1);
    if (2 * (count_ + 1) > slots_.size()) {
        const auto before = std::exchange(slots_, std::vector<std::uint64_t>(std::max<std::size_t>(1'024, 2 * slots_.size())));
        for (const auto known : before) {
            if (known != 0) put(known);
        }
    }
    if (!put(hash)) return false;
    ++count_;
    return true;
}

bool SeenHashes::put(std::uint64_t hash) noexcept {
    auto at = arena::home(hash, static_cast<std::uint32_t>(slots_.size()));
    for (std::size_t probe = 0; probe < most_probes; ++probe, at = at + 1 == slots_.size() ? 0 : at + 1) {
        if (slots_[at] == hash) return false;
        if (slots_[at] != 0) continue;
        slots_[at] = hash;
        return true;
    }
    return true;  // Too crowded here to remember it; made so on purpose, and then a duplicate less is counted.
}

void ListSink::begin_line(std::size_t number, std::string_view line, std::string_view place) noexcept {
    ++report_.lines;
    number_ = number;
    line_ = line;
    place_ = place;
}

void ListSink::accept(std::string_view raw, Reach reach, std::string_view attribute) {
    std::optional<std::string> normalised;
    if (!is_normalised_domain(raw)) {
        normalised = normalise_domain(raw);
        if (!normalised) {
            return is_address(raw) ? unsupported("an address, not a name: it belongs into the address rules")
                                   : invalid("not a domain name");
        }
        raw = *normalised;
    }
    const auto is_new = seen_.add(arena::hash_name(arena::bits_of(reach), raw));
    ++(is_new ? report_.accepted : report_.duplicates);
    each_({raw, reach, attribute});
}

void ListSink::unsupported(std::string_view reason, std::string_view detail) {
    ++report_.unsupported;
    keep_example(reason, detail);
}

void ListSink::invalid(std::string_view reason) {
    ++report_.invalid;
    keep_example(reason, {});
}

void ListSink::keep_example(std::string_view reason, std::string_view detail) {
    if (report_.examples.size() == ListReport::most_examples) return;
    std::string whole{reason};
    if (!detail.empty()) whole.append(": ").append(printable(detail));
    if (!place_.empty()) whole.append(" (").append(printable(place_)).append(")");
    report_.examples.push_back({.line = number_, .text = printable(line_), .reason = std::move(whole)});
}

}  // namespace vivi::policy
