// What a process counts, as the text that Prometheus reads (exposition format 0.0.4).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vivi {

/// In the order in which they are written: {{"path", "/graphql"}, {"status", "200"}}.
using Labels = std::vector<std::pair<std::string_view, std::string>>;

/// Families by name, each with its series by labels. One loop. Names are the program's own (assert); label values may be
/// anything, and are therefore bounded: beyond `most_series` of a family, further ones are counted together as "other".
class Metrics {
public:
    enum class Kind : std::uint8_t { Counter, Gauge, Histogram };
    static constexpr std::size_t most_series = 300;

    /// Must come before the first use of `name`. `buckets` are a histogram's upper bounds, rising, without +Inf.
    void declare(std::string name, Kind kind, std::string help, std::vector<double> buckets = {});

    /// A counter only rises.
    void add(std::string_view name, const Labels& labels = {}, double amount = 1);
    /// A gauge's value, or a counter's that somebody else counts.
    void set(std::string_view name, const Labels& labels, double value);
    /// Adds one value to a histogram.
    void observe(std::string_view name, const Labels& labels, double value);

    /// All families in the order of their names; one without series has only its HELP and TYPE.
    std::string render() const;

private:
    struct Series {
        std::string labels{};  ///< `a="b",c="d"`, escaped.
        double value = 0;      ///< Of a histogram: the sum.
        std::uint64_t count = 0;
        std::vector<std::uint64_t> buckets{};  ///< Not cumulative.
    };
    struct Family {
        Kind kind = Kind::Counter;
        std::string help{};
        std::vector<double> bounds{};
        std::map<std::string, Series, std::less<>> series{};
    };
    Family& family(std::string_view name);
    static Series& series(Family& family, const Labels& labels);

    std::map<std::string, Family, std::less<>> families_;
};

/// The media type of render().
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace vivi
