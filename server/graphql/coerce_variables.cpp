// The variables of a request become values of their declared types (section 6.1.2), every problem with its path.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/graphql/coerce.hpp"
#include "server/graphql/json.hpp"

namespace vivi::graphql {
namespace {

/// Coerces one variable's value; problems are collected with the place inside the value.
class VariableCoercion {
public:
    VariableCoercion(std::string variable, Location at, const VariableLimits& limits, std::vector<RequestError>& errors)
        : variable_{std::move(variable)}, at_{at}, limits_{limits}, errors_{errors} {}

    Value value(const Value& given, TypeRef type) {
        if (type.is_non_null()) {
            if (given.is_null()) return problem(given, "Expected non-nullable type \"" + to_string(type) + "\" not to be null.");
            return value(given, type.inner());
        }
        if (given.is_null()) return given;
        if (depth_ > limits_.depth && limits_.depth != 0) return problem({}, "Nested too deeply.", "VARIABLES_TOO_DEEP");
        if (type.is_list()) return list(given, type.inner());
        if (type.named->kind == Kind::InputObject) return object(given, *type.named);
        auto leaf = coerce_leaf(given, *type.named);
        if (!leaf) return problem(given, leaf.error());
        return *std::move(leaf);
    }

private:
    Value list(const Value& given, TypeRef item_type) {
        List items;
        if (!given.is_list()) {  // Section 3.11: one value stands for a list of it.
            items.push_back(value(given, item_type));
            return items;
        }
        for (std::size_t i = 0; i < given.list().size() && !is_full(); ++i)
            items.push_back(below("[" + std::to_string(i) + "]", given.list()[i], item_type));
        return items;
    }

    Value object(const Value& given, const NamedType& type) {
        if (!given.is_fields()) return problem(given, "Expected type \"" + type.name + "\" to be an object.");
        Fields fields;
        for (const auto& definition : type.inputs) {
            if (const auto* item = given.fields().find(definition.name)) {
                fields.add(definition.name, below("." + definition.name, *item, definition.type));
            } else if (definition.default_value) {
                fields.add(definition.name, *definition.default_value);
            } else if (definition.type.is_non_null()) {
                problem(given, "Field \"" + definition.name + "\" of required type \"" + to_string(definition.type) +
                                   "\" was not provided.");
            }
        }
        for (const auto& [name, item] : given.fields().items())
            if (!type.input(name)) problem(given, "Field \"" + name + "\" is not defined by type \"" + type.name + "\".");
        if (type.is_one_of) {
            const auto& items = given.fields().items();
            if (items.size() != 1)
                return problem(given, "Exactly one key must be specified for OneOf type \"" + type.name + "\".");
            if (items[0].second.is_null()) return problem(given, "Field \"" + items[0].first + "\" must be non-null.");
        }
        return fields;
    }

    Value below(const std::string& step, const Value& given, TypeRef type) {
        const auto length = path_.size();
        path_ += step;
        ++depth_;
        auto result = value(given, type);
        --depth_;
        path_.resize(length);
        return result;
    }

    bool is_full() const { return errors_.size() >= limits_.errors && limits_.errors != 0; }

    Value problem(const Value& given, const std::string& text, std::string code = "BAD_USER_INPUT") {
        if (is_full()) return {};
        auto shown = to_json(given);
        if (shown.size() > 100) shown = "a long value";
        errors_.push_back({"Variable \"$" + variable_ + "\" got invalid value " + shown +
                               (path_.empty() ? "" : " at \"" + variable_ + path_ + "\"") + "; " + text,
                           {at_},
                           std::move(code)});
        return {};
    }

    std::string variable_;
    Location at_;
    const VariableLimits& limits_;
    std::vector<RequestError>& errors_;
    std::string path_;
    std::size_t depth_ = 1;
};

}  // namespace

std::expected<Fields, std::vector<RequestError>> coerce_variables(const Schema& schema, const ast::Operation& operation,
                                                                  const Fields& given, std::string_view source,
                                                                  const VariableLimits& limits) {
    Fields values;
    std::vector<RequestError> errors;
    for (const auto& variable : operation.variables) {
        const std::string name{variable.name.text};
        const auto type = find_type(schema, variable.type);
        if (!type) continue;  // Not a valid operation; the precondition forbids it.
        const auto at = ast::locate(source, variable.at);
        const auto* value = given.find(name);
        if (!value) {
            if (variable.default_value) {
                if (auto coerced = coerce(*variable.default_value, *type, {})) values.add(name, *std::move(coerced));
            } else if (type->is_non_null()) {
                errors.push_back({"Variable \"$" + name + "\" of required type \"" + to_string(*type) + "\" was not provided.",
                                  {at},
                                  "BAD_USER_INPUT"});
            }
        } else if (value->is_null() && type->is_non_null()) {
            errors.push_back({"Variable \"$" + name + "\" of non-null type \"" + to_string(*type) + "\" must not be null.",
                              {at},
                              "BAD_USER_INPUT"});
        } else {
            VariableCoercion coercion{name, at, limits, errors};
            values.add(name, coercion.value(*value, *type));
        }
        if (limits.errors != 0 && errors.size() >= limits.errors) break;
    }
    if (!errors.empty()) return std::unexpected{std::move(errors)};
    return values;
}

}  // namespace vivi::graphql
