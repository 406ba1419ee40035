// The audit log as a file. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/db/audit.hpp"

namespace vivi::api {

/// One field of RFC 4180, always quoted. What a spreadsheet would take for a formula (a first character of = + - @, tab or
/// carriage return) gets an apostrophe before it (OWASP, CSV Injection).
std::string csv_field(std::string_view text);
/// A header and a line a row, each ended by CRLF.
std::string to_csv(std::span<const db::AuditEntry> entries);
/// An array of objects.
std::string to_json_text(std::span<const db::AuditEntry> entries);

}  // namespace vivi::api
