// A document as a PDF, A4, in memory. Text of any script: pango shapes it and finds a font.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/core/result.hpp"
#include "server/report/document.hpp"

namespace vivi::report {

/// Tens of milliseconds, the first time some more: fonts are looked for. Text that does not fit into its place is cut with an
/// ellipsis; invalid UTF-8 is replaced. Internal: cairo failed. Any thread.
Result<std::string> to_pdf(const Document& document);

}  // namespace vivi::report
