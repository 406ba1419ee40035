// Domain names as people write them, brought to the one form in which Vivi compares them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vivi {

/// Lower-case A-labels without a final dot (RFC 5890 section 2.3.2.1): "Bücher.Example." gives "xn--bcher-kva.example". Labels of
/// 1 to 63 letters, digits, '-' and '_', 253 characters in all (RFC 1035 section 2.3.4). Nothing when it is not such a name:
/// empty, an address, a pattern, a URL.
std::optional<std::string> normalise_domain(std::string_view text);

/// Whether normalise_domain() would give `text` back as it is. Cheap: most lines of a list are, and need no copy.
bool is_normalised_domain(std::string_view text) noexcept;

/// Whether `name` is `suffix` or lies below it, by whole labels: "a.example.org" is below "example.org", "badexample.org" is not.
/// Both normalised.
bool is_at_or_below(std::string_view name, std::string_view suffix) noexcept;

}  // namespace vivi
