// A strict reader of Prometheus' text format 0.0.4: for tests, which must not believe the writer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace vivi::test {

/// By the grammar of "Exposition formats" (prometheus.io/docs/instrumenting/exposition_formats, "Text format details"): every
/// line ends with a line feed; HELP and TYPE of a family once, before its samples, and all lines of one family together; each
/// series once; a histogram has rising cumulative buckets up to +Inf, which equals its count, and a sum. Throws
/// std::runtime_error with the line.
class Exposition {
public:
    using Labels = std::map<std::string, std::string>;

    explicit Exposition(const std::string& text) {
        if (text.empty() || text.back() != '\n') throw std::runtime_error{"the last line has no line feed"};
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line);) read(line);
        for (const auto& [name, type] : types_)
            if (type == "histogram") check_histogram(name);
    }

    /// NaN when there is no such series.
    double value(const std::string& name, const Labels& labels = {}) const {
        const auto found = samples_.find({name, labels});
        return found == samples_.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
    }
    /// Of all series of that name.
    double sum(const std::string& name) const {
        double all = 0;
        for (const auto& [key, value] : samples_)
            if (key.first == name) all += value;
        return all;
    }
    std::string type(const std::string& family) const { return types_.contains(family) ? types_.at(family) : ""; }
    std::set<std::string> families() const {
        std::set<std::string> names;
        for (const auto& [name, type] : types_) names.insert(name);
        return names;
    }

private:
    using Key = std::pair<std::string, Labels>;

    void read(const std::string& line) {
        static const std::regex help{R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\]|\\\\|\\n)*))"};
        static const std::regex type{R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped))"};
        static const std::regex sample{R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+))"};
        std::smatch match;
        if (line.empty()) return;
        if (std::regex_match(line, match, help)) {
            if (!helped_.insert(match[1]).second) fail("a second HELP", line);
            begin(match[1], line);
        } else if (std::regex_match(line, match, type)) {
            if (!types_.emplace(match[1], match[2]).second) fail("a second TYPE", line);
            if (family_ != match[1]) begin(match[1], line);
        } else if (line[0] != '#' && std::regex_match(line, match, sample)) {
            if (family_of(match[1]) != family_) fail("a sample outside its family", line);
            if (!samples_.emplace(Key{match[1], labels_of(match[2], line)}, number(match[3], line)).second)
                fail("a second time", line);
        } else {
            fail("no line of the format", line);
        }
    }
    void begin(const std::string& name, const std::string& line) {
        if (!begun_.insert(name).second) fail("the family is in two places", line);
        family_ = name;
    }
    std::string family_of(const std::string& name) const {
        for (const auto* suffix : {"_bucket", "_sum", "_count"}) {
            const std::string ending{suffix};
            if (!name.ends_with(ending)) continue;
            const auto stem = name.substr(0, name.size() - ending.size());
            if (types_.contains(stem) && types_.at(stem) == "histogram") return stem;
        }
        return name;
    }
    static Labels labels_of(std::string rest, const std::string& line) {
        static const std::regex pair{R"re(^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$))re"};
        Labels labels;
        std::smatch match;
        while (!rest.empty()) {
            if (!std::regex_search(rest, match, pair)) fail("labels", line);
            if (!labels.emplace(match[1], match[2]).second) fail("a label twice", line);
            rest = match.suffix();
        }
        return labels;
    }
    static double number(const std::string& text, const std::string& line) {
        static const std::regex decimal{R"([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]Inf|NaN)"};
        if (!std::regex_match(text, decimal)) fail("a number", line);
        return std::stod(text);
    }
    void check_histogram(const std::string& name) const {
        std::map<Labels, std::map<double, double>> buckets;
        for (const auto& [key, value] : samples_) {
            if (key.first != name + "_bucket") continue;
            auto labels = key.second;
            if (!labels.contains("le")) fail("a bucket without le", name);
            const auto bound = number(labels.at("le"), name);
            labels.erase("le");
            buckets[labels][bound] = value;
        }
        for (const auto& [labels, rising] : buckets) {
            double before = 0;
            for (const auto& [bound, count] : rising) {
                if (count < before) fail("buckets fall", name);
                before = count;
            }
            if (!std::isinf(rising.rbegin()->first) || before != value(name + "_count", labels))
                fail("+Inf is not the count", name);
            if (std::isnan(value(name + "_sum", labels))) fail("no sum", name);
        }
    }
    [[noreturn]] static void fail(const std::string& what, const std::string& line) {
        throw std::runtime_error{what + ": " + line};
    }

    std::string family_{};
    std::set<std::string> begun_{}, helped_{};
    std::map<std::string, std::string> types_{};
    std::map<Key, double> samples_{};
};

}  // namespace vivi::test
