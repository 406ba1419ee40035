// Rules about input values: section 5.6.
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "server/graphql/coerce.hpp"
#include "server/graphql/rules.hpp"

namespace vivi::graphql {
namespace {

using Literal = ast::Literal::Kind;

bool has_variable(const ast::Literal& literal) {
    if (literal.kind == Literal::Variable) return true;
    for (const auto& item : literal.items)
        if (has_variable(item)) return true;
    return false;
}

/// Sections 5.6.1 (with oneOf), 5.6.2 and 5.6.4. Variables are judged by 5.8.5.
class ValuesOfCorrectType : public Rule {
    using Rule::Rule;
    void value(const ast::Literal& literal, const TypeRef* type, const InputField*) override {
        if (type) check(literal, *type);
    }

    void check(const ast::Literal& literal, TypeRef type) {
        if (literal.kind == Literal::Variable) return;
        if (literal.kind == Literal::Null) {
            if (type.is_non_null())
                at.report("Expected value of type " + quoted(to_string(type)) + ", found null.", {literal.at});
            return;
        }
        type = type.nullable();
        if (type.is_list()) {
            if (literal.kind != Literal::List) return check(literal, type.inner());
            for (const auto& item : literal.items) check(item, type.inner());
            return;
        }
        if (type.named->kind == Kind::InputObject) return object(literal, *type.named);
        if (has_variable(
                literal)) {  // Only a custom scalar may look inside lists and objects; variables in it are not known yet.
            if (!type.named->is_builtin && type.named->kind == Kind::Scalar) return;
        }
        const auto leaf = coerce_leaf(literal, *type.named, {});
        if (!leaf) at.report("Expected value of type " + quoted(type.named->name) + ": " + leaf.error(), {literal.at});
    }

    void object(const ast::Literal& literal, const NamedType& type) {
        if (literal.kind != Literal::Object)
            return at.report("Expected value of type " + quoted(type.name) + ", an input object.", {literal.at});
        for (std::size_t i = 0; i < literal.items.size(); ++i) {
            const auto* definition = type.input(literal.names[i].text);
            if (definition)
                check(literal.items[i], definition->type);
            else
                at.report("Field " + quoted(literal.names[i].text) + " is not defined by type " + quoted(type.name) + ".",
                          {literal.names[i].at});  // 5.6.2
        }
        for (const auto& definition : type.inputs) {  // 5.6.4
            if (!definition.is_required()) continue;
            bool is_given = false;
            for (const auto& name : literal.names) is_given = is_given || name.text == definition.name;
            if (!is_given)
                at.report("Field " + quoted(type.name + "." + definition.name) + " of required type " +
                              quoted(to_string(definition.type)) + " was not provided.",
                          {literal.at});
        }
        if (!type.is_one_of) return;
        if (literal.items.size() != 1)
            at.report("OneOf input object " + quoted(type.name) + " must specify exactly one key.", {literal.at});
        else if (literal.items[0].kind == Literal::Null)
            at.report("Field " + quoted(type.name + "." + std::string{literal.names[0].text}) + " must be non-null.",
                      {literal.at});
    }
};

/// Section 5.6.3.
class InputFieldUniqueness : public Rule {
    using Rule::Rule;
    void value(const ast::Literal& literal, const TypeRef*, const InputField*) override { check(literal); }

    void check(const ast::Literal& literal) {
        if (literal.names.size() > 1) {
            std::map<std::string_view, ast::Position> seen;
            for (const auto& name : literal.names) {
                const auto [first, is_new] = seen.emplace(name.text, name.at);
                if (!is_new)
                    at.report("There can be only one input field named " + quoted(name.text) + ".", {first->second, name.at});
            }
        }
        for (const auto& item : literal.items) check(item);
    }
};

}  // namespace

void add_value_rules(Examination& at, Rules& rules) {
    rules.push_back(std::make_unique<ValuesOfCorrectType>(at));
    rules.push_back(std::make_unique<InputFieldUniqueness>(at));
}

}  // namespace vivi::graphql
