// Writing and reading JSON.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "server/graphql/utf8.hpp"

namespace vivi::graphql {
namespace {

/// Builds Values from nlohmann's events, so that no second tree is made and depth is bounded while reading.
class ValueReader : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit ValueReader(std::size_t depth) : depth_{depth} {}

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override {
        if (value > static_cast<number_unsigned_t>(INT64_MAX)) return put(static_cast<double>(value));
        return put(static_cast<std::int64_t>(value));
    }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(true); }
    bool key(string_t& name) override {
        stack_.back().key = std::move(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(false); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

    std::optional<Value> take() { return std::move(result_); }

private:
    static constexpr std::size_t few_fields = 8;  ///< So many are compared pairwise, which is cheaper than a table.

    struct Open {
        bool is_object = false;
        std::string key{};
        std::vector<std::pair<std::string, Value>> fields{};
        List items{};
    };

    bool open(bool is_object) {
        if (stack_.size() >= depth_) return false;
        stack_.push_back({.is_object = is_object});
        return true;
    }
    bool close() {
        auto top = std::move(stack_.back());
        stack_.pop_back();
        if (!top.is_object) return put(std::move(top.items));
        if (!has_unique_names(top.fields)) keep_last_of_each_name(top.fields);
        return put(Fields{std::move(top.fields)});
    }
    using Items = std::vector<std::pair<std::string, Value>>;
    /// False when there may be a repeated name.
    static bool has_unique_names(const Items& fields) {
        if (fields.size() > few_fields) return false;
        for (auto field = fields.begin(); field != fields.end(); ++field)
            if (std::any_of(fields.begin(), field, [&](const auto& before) { return before.first == field->first; }))
                return false;
        return true;
    }
    /// A repeated key: the last one wins (RFC 8259 section 4 leaves it open; this is what JavaScript does).
    static void keep_last_of_each_name(Items& fields) {
        std::unordered_map<std::string_view, std::size_t> last;
        for (std::size_t i = 0; i < fields.size(); ++i) last[fields[i].first] = i;
        std::vector<bool> stays(fields.size());
        for (std::size_t i = 0; i < fields.size(); ++i) stays[i] = last.at(fields[i].first) == i;
        std::size_t at = 0;
        std::erase_if(fields, [&](const auto&) { return !stays[at++]; });
    }
    bool put(Value value) {
        if (stack_.empty())
            result_ = std::move(value);
        else if (stack_.back().is_object)
            stack_.back().fields.emplace_back(std::move(stack_.back().key), std::move(value));
        else
            stack_.back().items.push_back(std::move(value));
        return true;
    }

    std::size_t depth_;
    std::vector<Open> stack_;
    std::optional<Value> result_;
};

/// Whether the text is ASCII that stands for itself between quotes; eight bytes at a time. Most of what is written is.
bool is_plain_ascii(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101ULL, tops = 0x8080808080808080ULL;
    const auto equal_to = [](std::uint64_t bytes, char c) {
        const auto difference = bytes ^ (ones * static_cast<std::uint8_t>(c));
        return (difference - ones) & ~difference;  // The top bit of a byte that is zero; others may be set above the first one.
    };
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        const auto control = (bytes - ones * 0x20) & ~bytes;
        if (((bytes | control | equal_to(bytes, '"') | equal_to(bytes, '\\')) & tops) != 0) return false;
    }
    for (; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c >= 0x80 || c < 0x20 || c == '"' || c == '\\') return false;
    }
    return true;
}

constexpr bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        default: break;
    }
    out += "\\u00";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    if (is_plain_ascii(text)) {
        const auto begin = out.size(), end = begin + text.size() + 2;
        out.resize_and_overwrite(end, [&](char* whole, std::size_t) {  // Not the second: libstdc++ 12 says its capacity.
            whole[begin] = '"';
            text.copy(whole + begin + 1, text.size());
            whole[end - 1] = '"';
            return end;
        });
        return;
    }
    std::string repaired;
    if (!is_utf8(text)) {  // A device's hostname may be anything; the response must not be.
        for (const char c : text) {
            if (static_cast<unsigned char>(c) < 0x80)
                repaired += c;
            else
                repaired += "\xef\xbf\xbd";
        }
        text = repaired;
    }
    out += '"';
    std::size_t start = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_plain(text[at])) continue;
        out.append(text, start, at - start);
        append_escaped(out, text[at]);
        start = at + 1;
    }
    out.append(text, start);
    out += '"';
}

void append_json(std::string& out, std::int64_t number) {
    std::array<char, 24> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    out.append(buffer.data(), end);
}

void append_json(std::string& out, double number) {
    constexpr double exact = 9'007'199'254'740'992.0;  // 2^53: what is whole below it is written as people write it, and faster.
    if (number > -exact && number < exact && number == std::trunc(number))
        return append_json(out, static_cast<std::int64_t>(number));
    std::array<char, 40> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    out.append(buffer.data(), end);
}

void append_json(std::string& out, const Value& value) {
    if (value.is_boolean()) {
        out += value.boolean() ? "true" : "false";
    } else if (value.is_integer()) {
        append_json(out, value.integer());
    } else if (value.is_float() && std::isfinite(value.number())) {
        append_json(out, value.number());
    } else if (value.is_text()) {
        append_json_string(out, value.text());
    } else if (value.is_list()) {
        out += '[';
        for (const auto& item : value.list()) {
            if (&item != value.list().data()) out += ',';
            append_json(out, item);
        }
        out += ']';
    } else if (value.is_fields()) {
        out += '{';
        for (const auto& field : value.fields().items()) {
            if (&field != value.fields().items().data()) out += ',';
            append_json_string(out, field.first);
            out += ':';
            append_json(out, field.second);
        }
        out += '}';
    } else {
        out += "null";
    }
}

std::string to_json(const Value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

std::optional<Value> parse_json(std::string_view text, std::size_t depth) {
    ValueReader reader{depth};
    if (!nlohmann::json::sax_parse(text, &reader)) return std::nullopt;
    return reader.take();
}

}  // namespace vivi::graphql
