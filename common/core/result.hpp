// What can fail in an expected way, and how it says so.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace vivi {

/// What a program can decide on. The sentence for people is in Error::detail.
enum class Code : std::uint8_t {
    Invalid,      ///< The input is wrong; trying again does not help.
    NotFound,     ///< The thing named does not exist.
    Denied,       ///< The caller may not.
    Conflict,     ///< Somebody else was first (port taken, revision moved on, second instance).
    Unavailable,  ///< The other side is away; nothing was done; trying again is safe.
    Timeout,      ///< No answer in time; whether it was done is not known.
    Overflow,     ///< A bound was reached.
    Internal,     ///< A bug or a refused system call.
};

/// The stable name of a code, as logs and JSON spell it.
constexpr std::string_view to_string(Code code) noexcept {
    switch (code) {
        case Code::Invalid: return "invalid";
        case Code::NotFound: return "not_found";
        case Code::Denied: return "denied";
        case Code::Conflict: return "conflict";
        case Code::Unavailable: return "unavailable";
        case Code::Timeout: return "timeout";
        case Code::Overflow: return "overflow";
        case Code::Internal: return "internal";
    }
    return "internal";
}

struct Error {
    Code code = Code::Internal;
    std::string detail{};  ///< For the human: what happened, to what, and what to do.

    /// The same error seen from one call further up: "loading leases: <detail>".
    Error in(std::string_view context) && {
        detail.insert(0, ": ").insert(0, context);
        return std::move(*this);
    }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// `return failed(Code::Invalid, "…")` in any function that returns a Result.
inline std::unexpected<Error> failed(Code code, std::string detail) { return std::unexpected{Error{code, std::move(detail)}}; }

}  // namespace vivi
