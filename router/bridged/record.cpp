// A SAX look at the envelope, ended as soon as the producer is known.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/record.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace vivi::bridged {
namespace {

constexpr std::size_t longest_instance = 64;
constexpr int deepest = 32;

/// nlohmann's SAX interface: false ends the parse. Depth 1 is the body's own object, depth 2 inside `from`.
struct ProducerFinder {
    using Json = model::Json;

    model::Producer found{};
    bool is_in_from = false;
    std::string key_now{};
    int depth = 0;

    bool is_done() const { return !found.instance.empty() && found.number > 0; }

    bool key(std::string& name) {
        key_now = name;
        return true;
    }
    bool start_object(std::size_t) {
        if (depth == 1) is_in_from = key_now == "from";
        return ++depth <= deepest;
    }
    bool end_object() {
        --depth;
        if (depth == 1) is_in_from = false;
        return true;
    }
    bool start_array(std::size_t) { return depth > 0 && ++depth <= deepest; }
    bool end_array() {
        --depth;
        return true;
    }
    bool string(std::string& text) {
        if (is_in_from && depth == 2 && key_now == "instance" && text.size() <= longest_instance) found.instance = text;
        return depth > 0 && !is_done();
    }
    bool number_unsigned(std::uint64_t value) {
        if (is_in_from && depth == 2 && key_now == "number") found.number = value;
        return depth > 0 && !is_done();
    }
    bool number_integer(std::int64_t) { return depth > 0; }
    bool number_float(double, const std::string&) { return depth > 0; }
    bool boolean(bool) { return depth > 0; }
    bool null() { return depth > 0; }
    bool binary(Json::binary_t&) { return false; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) { return false; }
};

}  // namespace

Result<model::Producer> find_producer(std::string_view body) {
    ProducerFinder finder;
    [[maybe_unused]] const bool whole = model::Json::sax_parse(body, &finder);  // False also means: found, and ended early.
    if (!finder.is_done()) return failed(Code::Invalid, "event: no producer (from.instance and from.number) in it");
    return std::move(finder.found);
}

}  // namespace vivi::bridged
