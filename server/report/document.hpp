// A document of figures, as the page of a report shows it: all text is in the reader's language already.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core/time.hpp"

namespace vivi::report {

/// A number with what it says.
struct Fact {
    std::string value{};
    std::string label{};
};
/// Bars from left to right, the highest as high as the chart.
struct Chart {
    std::string title{};
    std::string highest{};  ///< The highest value, in words.
    std::string from{}, to{};
    std::vector<double> values{};  ///< Not negative.
};
struct Column {
    std::string title{};
    double share = 1;  ///< Of the page's width, among the columns.
    bool is_number = false;
};
struct Table {
    std::string title{};
    std::string empty{};  ///< Instead of rows, when there are none.
    std::vector<Column> columns{};
    std::vector<std::vector<std::string>> rows{};  ///< A text for each column.
};
struct Document {
    std::string title{}, subtitle{};
    std::string author{};
    std::string footer{};  ///< Below each page, before its number.
    WallTime made_at{};
    std::vector<Fact> facts{};
    std::vector<Chart> charts{};
    std::vector<Table> tables{};
};

}  // namespace vivi::report
