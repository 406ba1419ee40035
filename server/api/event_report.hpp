// An event's report as a file: lines for programs, a document for people. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/policy/time_zone.hpp"
#include "server/api/letters.hpp"
#include "server/db/event_report.hpp"
#include "server/report/document.hpp"

namespace vivi::api {

/// What its readers may see. Anonymous: no MAC, no address, nothing that people wrote down.
enum class ReportDetail : std::uint8_t { Anonymous, Full };

struct Report {
    std::string event{}, organisation{};  ///< Names.
    std::string time_zone{"UTC"};         ///< IANA name.
    policy::TimeZone zone{};              ///< Of it.
    Language language = Language::English;
    ReportDetail detail = ReportDetail::Anonymous;
    WallTime made_at{};
    db::EventReport data{};
};

/// RFC 4180, a line a value: section, what, where, from, until, value, unit. Times are UTC; sections and units are the same in
/// any language. What a spreadsheet would take for a formula begins with an apostrophe.
std::string to_csv(const Report& report);
/// In the report's language and the event's time.
report::Document to_document(const Report& report);

}  // namespace vivi::api
