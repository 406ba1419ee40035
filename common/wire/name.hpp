// A domain name as text in a fixed buffer: what a packet says can neither allocate nor forge.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/core/bytes.hpp"

namespace vivi::wire {

/// Lower case, without a final dot, empty for the root. Letters, digits, '-' and '_' stand for themselves; every other octet,
/// a dot inside a label included, is written \DDD (RFC 1035 section 5.1), so quotes, line ends or '@' never leave here raw.
class Name {
public:
    /// RFC 1035 section 3.1 allows 255 octets on the wire, which is 253 characters of text without escapes. A name that needs
    /// more because of its escapes is no host's and is refused.
    static constexpr std::size_t most_characters = 253;

    /// Adds one label at the right end. False, and unusable from then on, when it is empty, longer than 63 octets, or does not
    /// fit.
    bool append(BytesView label) noexcept;
    void clear() noexcept { size_ = 0; }
    std::string_view text() const noexcept { return {text_.data(), size_}; }
    bool empty() const noexcept { return size_ == 0; }
    friend bool operator==(const Name& left, const Name& right) noexcept { return left.text() == right.text(); }

private:
    bool put(char c) noexcept;

    std::array<char, most_characters> text_{};
    std::uint8_t size_ = 0;
};

/// "WWW.Example.org" in ASCII, one final dot allowed, into labels. False when a label is empty, too long, or it does not fit.
bool assign_host_name(Name& name, BytesView host_name) noexcept;

}  // namespace vivi::wire
