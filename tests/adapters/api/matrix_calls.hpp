// Calls generated from schema.graphql: arguments against real ids, and as much of the result as fits; for matrix_test.cpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/graphql/schema.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {

/// What stands for an argument or a field of an input object, by `Type.field.argument`, `Input.field`, or the bare name; the
/// first that is there. Ids are of the organisation that everybody is measured against.
using ArgumentTable = std::map<std::string, Json>;

/// One operation of a root field.
struct GeneratedCall {
    std::string query{};
    Json variables = Json::object();
    /// Names of ids that stand in the variables: "routerId", …
    std::set<std::string> ids{};
    std::string problem{};  ///< Why there is none: what to add to the table.
};

class CallGenerator {
public:
    CallGenerator(const graphql::Schema& schema, ArgumentTable table) : schema_{schema}, table_{std::move(table)} {}
    /// `text` stands for every text that the table does not have, also where none is needed: in optional arguments, in documents.
    CallGenerator(const graphql::Schema& schema, ArgumentTable table, std::string text)
        : schema_{schema}, table_{std::move(table)}, text_{std::move(text)}, fills_{true} {}

    GeneratedCall call(const graphql::NamedType& root, const graphql::Field& field) {
        call_ = {};
        on_the_way_ = {field.type.named->name};
        std::string arguments, variables;
        for (const auto& argument : field.arguments) {
            auto value = value_of(root.name + "." + field.name + "." + argument.name, argument);
            if (!value) continue;
            variables += (variables.empty() ? "" : ", ") + ("$" + argument.name + ": " + graphql::to_string(argument.type));
            arguments += (arguments.empty() ? "" : ", ") + (argument.name + ": $" + argument.name);
            call_.variables[argument.name] = *std::move(value);
        }
        const std::string word = &root == schema_.query ? "query" : &root == schema_.mutation ? "mutation" : "subscription";
        call_.query = word + (variables.empty() ? "" : " (" + variables + ")") + " { " + field.name +
                      (arguments.empty() ? "" : "(" + arguments + ")") + selection(*field.type.named, 0) + " }";
        return call_;
    }

private:
    static constexpr int deepest = 4;

    const Json* known(const std::string& path, const std::string& name) const {
        for (const auto& key : {path, name})
            if (const auto found = table_.find(key); found != table_.end()) return &found->second;
        return nullptr;
    }
    /// A place in a list is no text.
    bool takes_text(const graphql::InputField& input) const {
        return fills_ && input.type.named->name == "String" && input.name != "after" && input.name != "before";
    }
    std::optional<Json> value_of(const std::string& path, const graphql::InputField& input) {
        if (const auto* value = known(path, input.name)) {
            if (input.type.named->name == "ID") call_.ids.insert(input.name);
            return *value;
        }
        if (!input.is_required() && !takes_text(input)) return std::nullopt;
        return value_of(path, input.type);
    }
    Json value_of(const std::string& path, graphql::TypeRef type) {
        type = type.nullable();
        if (type.is_list()) return Json::array({value_of(path, type.inner())});
        const auto& named = *type.named;
        if (named.kind == graphql::Kind::Enum) return named.values.at(0).name;
        if (named.kind == graphql::Kind::InputObject) {
            Json object = Json::object();
            for (const auto& input : named.inputs) {
                const auto at = named.name + "." + input.name;
                auto value = value_of(at, input);
                if (!value && named.is_one_of) value = value_of(at, input.type);
                if (value) object[input.name] = *std::move(value);
                if (named.is_one_of && !object.empty()) break;
            }
            return object;
        }
        if (named.name == "String") return text_;
        if (named.name == "Boolean") return false;
        if (named.name == "DateTime") return "2030-01-01T00:00:00.000Z";
        if (named.name == "JSON") return fills_ ? Json{{text_, text_}} : Json::object();
        if (named.name != "ID") return 1;
        call_.problem = "add \"" + path + "\" (or the bare name) to the table of matrix_test.cpp: an id of what it is about";
        return "";
    }

    std::string selection(const graphql::NamedType& type, int depth) {
        if (!type.is_composite()) return "";
        std::string text = " { __typename";
        for (const auto& field : type.fields) {
            const auto& below = *field.type.named;
            if (below.is_composite() && (depth >= deepest || on_the_way_.contains(below.name))) continue;
            if (std::ranges::any_of(field.arguments, &graphql::InputField::is_required)) continue;
            on_the_way_.insert(below.name);
            // Few rows: what a response costs is multiplied by them.
            std::string some = field.argument("first") ? "first: 2" : "";
            for (const auto& argument : field.arguments)
                if (takes_text(argument)) some += " " + argument.name + ": " + Json(text_).dump();
            text += " " + field.name + (some.empty() ? "" : "(" + some + ")") + selection(below, depth + 1);
            on_the_way_.erase(below.name);
        }
        for (const auto* possible : type.kind == graphql::Kind::Union ? type.possible : no_types_)
            text += " ... on " + possible->name + " { __typename }";
        return text + " }";
    }

    const graphql::Schema& schema_;
    ArgumentTable table_;
    std::string text_ = "x";
    bool fills_ = false;
    GeneratedCall call_;
    std::set<std::string> on_the_way_;
    const std::vector<const graphql::NamedType*> no_types_{};
};

}  // namespace vivi::test
