// Random GraphQL operations that fit a schema, from its introspection; and texts with faults put in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace vivi::test {

inline constexpr const char* introspection =
    "{ __schema { queryType { name } mutationType { name } subscriptionType { name } types { kind name fields(includeDeprecated: "
    "true) { name args { name type { ...T } } type { ...T } } inputFields { name type { ...T } } enumValues { name } "
    "possibleTypes { "
    "name } } } } fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } "
    "} } "
    "} }";

class RandomOperations {
public:
    using Json = nlohmann::json;

    /// `answer` is the response to `introspection`. `ids` are tried wherever an ID is asked for.
    RandomOperations(const Json& answer, std::vector<std::string> ids, std::uint64_t seed) : ids_{std::move(ids)}, random_{seed} {
        const auto& schema = answer["data"]["__schema"];
        for (const auto& type : schema["types"]) types_.emplace(type["name"].get<std::string>(), type);
        for (const auto* kind : {"query", "mutation", "subscription"}) {
            const auto& root = schema[std::string{kind} + "Type"];
            if (root.is_object()) roots_[kind] = root["name"];
        }
    }

    /// "query", "mutation" or "subscription"; one root field, which is none of `left_out`.
    std::string operation(const std::string& kind, const std::vector<std::string>& left_out) {
        const auto& fields = types_.at(roots_.at(kind))["fields"];
        const Json* field = &pick(fields);
        while (std::ranges::find(left_out, (*field)["name"].get<std::string>()) != left_out.end()) field = &pick(fields);
        return kind + " { " + selection(*field, 3) + " }";
    }

    /// The text with a few bytes changed, doubled, cut or swapped with what parsers care about.
    std::string damaged(std::string text) {
        static const std::vector<std::string> pieces{"{",
                                                     "}",
                                                     "(",
                                                     ")",
                                                     "\"",
                                                     "\\",
                                                     "\"\"\"",
                                                     "...",
                                                     "$",
                                                     "!",
                                                     "[",
                                                     "]",
                                                     ":",
                                                     "null",
                                                     "\n",
                                                     "#",
                                                     "@",
                                                     "-1",
                                                     "99999999999999999999",
                                                     "\xff",
                                                     "\xe2\x98\x83",
                                                     "\\u0000",
                                                     "__typename"};
        for (auto faults = number(4) + 1; faults > 0 && !text.empty(); --faults) {
            const auto at = number(text.size());
            switch (number(4)) {
                case 0: text[at] = static_cast<char>(number(256)); break;
                case 1: text.erase(at, number(16) + 1); break;
                case 2: text.insert(at, pieces[number(pieces.size())]); break;
                default: text.insert(at, text.substr(at, number(64))); break;
            }
        }
        return text;
    }
    std::size_t number(std::size_t below) { return std::uniform_int_distribution<std::size_t>{0, below - 1}(random_); }

private:
    const Json& pick(const Json& list) { return list.at(number(list.size())); }
    static const Json& named(const Json& type) { return type["ofType"].is_object() ? named(type["ofType"]) : type; }

    std::string selection(const Json& field, int depth) {
        std::string text = field["name"];
        std::string arguments;
        for (const auto& argument : field["args"]) {
            if (argument["type"]["kind"] != "NON_NULL" && number(2) == 0) continue;
            arguments += argument["name"].get<std::string>() + ": " + value(argument["type"], 4) + " ";
        }
        if (!arguments.empty()) text += "(" + arguments + ")";
        return text + below(named(field["type"]), depth);
    }
    std::string below(const Json& type, int depth) {
        if (type["kind"] == "SCALAR" || type["kind"] == "ENUM") return "";
        std::string text = " { __typename";
        const auto& whole = types_.at(type["name"]);
        if (depth > 0 && whole["fields"].is_array() && !whole["fields"].empty())
            for (auto count = number(6) + 1; count > 0; --count) {
                const auto& field = pick(whole["fields"]);
                text += " f" + std::to_string(count) + ": " + selection(field, depth - 1);
            }
        return text + " }";
    }
    std::string value(const Json& type, int depth) {
        const std::string kind = type["kind"];
        if (kind == "NON_NULL") return value(type["ofType"], depth);
        if (number(12) == 0) return "null";
        if (kind == "LIST") {
            std::string text = "[";
            for (auto count = number(3); count > 0; --count) text += value(type["ofType"], depth - 1) + " ";
            return text + "]";
        }
        const auto& whole = types_.at(type["name"]);
        if (kind == "ENUM") return pick(whole["enumValues"])["name"];
        if (kind == "INPUT_OBJECT") {
            std::string text = "{";
            for (const auto& field : whole["inputFields"]) {
                if (depth <= 0 && field["type"]["kind"] != "NON_NULL") continue;
                if (field["type"]["kind"] == "NON_NULL" || number(2) == 0)
                    text +=
                        field["name"].get<std::string>() + ": " + (depth < -3 ? "null" : value(field["type"], depth - 1)) + " ";
            }
            return text + "}";
        }
        return scalar(type["name"]);
    }
    std::string scalar(const std::string& name) {
        static const std::vector<std::string> texts{
            "",       "a",    "noise",     "example.org",          "02:00:00:00:00:01", "10.66.0.0/24",
            "'; --",  "%s%n", "../../etc", "2026-01-01T00:00:00Z", "\\u0000",           "\\n",
            "\\u2603"};
        if (name == "ID") return "\"" + ids_[number(ids_.size())] + "\"";
        if (name == "Boolean") return number(2) == 0 ? "true" : "false";
        if (name == "Int" || name == "Float" || name == "Revision" || name == "Count" || name == "Bytes")
            return std::vector<std::string>{"0", "1", "10", "-1", "2147483647", "500"}[number(6)];
        return "\"" + texts[number(texts.size())] + "\"";
    }

    std::vector<std::string> ids_;
    std::mt19937_64 random_;
    std::map<std::string, Json> types_;
    std::map<std::string, std::string> roots_;
};

}  // namespace vivi::test
