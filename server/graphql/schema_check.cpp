// Is a schema one? The rules of section 3 that concern whole types ("Type Validation" of 3.6 to 3.10, 3.13).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "server/graphql/schema_sdl.hpp"

namespace vivi::graphql {
namespace {

class Check {
public:
    explicit Check(const Schema& schema) : schema_{schema} {}

    std::vector<RequestError> run() {
        roots();
        for (const auto& type : schema_.types()) {
            switch (type->kind) {
                case Kind::Scalar: applied(type->directives, DirectiveLocation::Scalar, type->name); break;
                case Kind::Object:
                    applied(type->directives, DirectiveLocation::Object, type->name), fields(*type), implements(*type);
                    break;
                case Kind::Interface:
                    applied(type->directives, DirectiveLocation::Interface, type->name), fields(*type), implements(*type);
                    break;
                case Kind::Union:
                    applied(type->directives, DirectiveLocation::Union, type->name);
                    if (type->possible.empty()) problem("Union \"" + type->name + "\" must have at least one member.");  // 3.8
                    break;
                case Kind::Enum: enumeration(*type); break;
                case Kind::InputObject: input_object(*type); break;
            }
        }
        for (const auto& directive : schema_.directives())
            inputs(directive.arguments, DirectiveLocation::ArgumentDefinition, "@" + directive.name);
        return std::move(errors_);
    }

private:
    void problem(std::string message) { errors_.push_back({std::move(message)}); }

    // Section 3.3.1.
    void roots() {
        if (!schema_.query) problem("Query root type must be provided.");
        const NamedType* const roots[] = {schema_.query, schema_.mutation, schema_.subscription};
        for (const auto* root : roots) {
            if (!root) continue;
            if (root->kind != Kind::Object) problem("Root type \"" + root->name + "\" must be an object type.");
            if (std::count(std::begin(roots), std::end(roots), root) > 1)
                problem("Root types must be different: \"" + root->name + "\" is used twice.");
        }
    }

    void name(const std::string& text, const std::string& where) {
        if (text.starts_with("__"))
            problem("Name \"" + text + "\" of " + where + " must not begin with \"__\", which is reserved.");
    }

    // Section 3.6, "Type Validation", and 3.7.
    void fields(const NamedType& type) {
        if (type.fields.empty()) problem("Type \"" + type.name + "\" must define one or more fields.");
        for (const auto& field : type.fields) {
            const auto where = type.name + "." + field.name;
            name(field.name, "\"" + type.name + "\"");
            if (!field.type.named->is_composite() && !field.type.named->is_leaf())
                problem("The type of \"" + where + "\" must be an output type, not " + to_string(field.type) + ".");
            inputs(field.arguments, DirectiveLocation::ArgumentDefinition, where);
            applied(field.directives, DirectiveLocation::FieldDefinition, where);
        }
    }

    void inputs(const std::vector<InputField>& items, DirectiveLocation location, const std::string& where) {
        for (const auto& input : items) {
            const auto what = where + "." + input.name;
            name(input.name, "\"" + where + "\"");
            if (!input.type.named->is_input())
                problem("The type of \"" + what + "\" must be an input type, not " + to_string(input.type) + ".");
            if (input.deprecation && input.is_required()) problem("Required \"" + what + "\" cannot be deprecated.");
            applied(input.directives, location, what);
        }
    }

    // Section 3.9.
    void enumeration(const NamedType& type) {
        applied(type.directives, DirectiveLocation::Enum, type.name);
        if (type.values.empty()) problem("Enum \"" + type.name + "\" must define one or more values.");
        for (const auto& value : type.values) {
            name(value.name, "\"" + type.name + "\"");
            applied(value.directives, DirectiveLocation::EnumValue, type.name + "." + value.name);
        }
    }

    // Section 3.10; a oneOf's fields are nullable and have no default.
    void input_object(const NamedType& type) {
        applied(type.directives, DirectiveLocation::InputObject, type.name);
        if (type.inputs.empty()) problem("Input object \"" + type.name + "\" must define one or more fields.");
        inputs(type.inputs, DirectiveLocation::InputFieldDefinition, type.name);
        for (const auto& input : type.inputs) {
            if (!type.is_one_of) continue;
            if (input.type.is_non_null()) problem("OneOf input field \"" + type.name + "." + input.name + "\" must be nullable.");
            if (input.default_literal)
                problem("OneOf input field \"" + type.name + "." + input.name + "\" cannot have a default value.");
        }
        std::set<const NamedType*> seen;
        if (requires_itself(type, type, seen))
            problem("Input object \"" + type.name + "\" cannot require itself through non-null fields.");
    }

    bool requires_itself(const NamedType& type, const NamedType& goal, std::set<const NamedType*>& seen) const {
        for (const auto& input : type.inputs) {
            if (!input.type.is_non_null() || input.type.inner().wrappers != 0 || input.type.named->kind != Kind::InputObject)
                continue;
            if (input.type.named == &goal) return true;
            if (seen.insert(input.type.named).second && requires_itself(*input.type.named, goal, seen)) return true;
        }
        return false;
    }

    // IsValidImplementation, section 3.6 and 3.7.
    void implements(const NamedType& type) {
        for (const auto* interface : type.interfaces) {
            const auto pair = "\"" + type.name + "\" implements \"" + interface->name + "\"";
            if (interface == &type) {
                problem("Type \"" + type.name + "\" cannot implement itself.");
                continue;
            }
            for (const auto* parent : interface->interfaces) {
                if (parent == &type)
                    problem("Type \"" + type.name + "\" cannot implement \"" + interface->name + "\": that would be a circle.");
                else if (std::find(type.interfaces.begin(), type.interfaces.end(), parent) == type.interfaces.end())
                    problem(pair + " and must therefore implement \"" + parent->name + "\" too.");
            }
            for (const auto& expected : interface->fields) {
                const auto* field = type.field(expected.name);
                if (!field)
                    problem(pair + " but lacks the field \"" + expected.name + "\".");
                else
                    implementation(pair, *field, expected);
            }
        }
    }

    void implementation(const std::string& pair, const Field& field, const Field& expected) {
        if (!is_subtype(field.type, expected.type))
            problem(pair + " but \"" + field.name + "\" is " + to_string(field.type) + ", not " + to_string(expected.type) + ".");
        for (const auto& argument : expected.arguments) {
            const auto* own = field.argument(argument.name);
            if (!own)
                problem(pair + " but \"" + field.name + "\" lacks the argument \"" + argument.name + "\".");
            else if (own->type != argument.type)
                problem(pair + " but argument \"" + field.name + "." + argument.name + "\" is " + to_string(own->type) +
                        ", not " + to_string(argument.type) + ".");
        }
        for (const auto& own : field.arguments)
            if (!expected.argument(own.name) && own.is_required())
                problem(pair + " but the additional argument \"" + field.name + "." + own.name + "\" is required.");
    }

    // IsValidImplementationFieldType, section 3.6.
    bool is_subtype(TypeRef type, TypeRef super) const {
        if (type.is_non_null()) return is_subtype(type.inner(), super.nullable());
        if (super.is_non_null()) return false;
        if (type.is_list() != super.is_list()) return false;
        if (type.is_list()) return is_subtype(type.inner(), super.inner());
        if (type.named == super.named || schema_.is_possible(*super.named, *type.named)) return true;
        const auto& interfaces = type.named->interfaces;
        return std::find(interfaces.begin(), interfaces.end(), super.named) != interfaces.end();
    }

    // Section 3.13; unknown directives were reported where they stand.
    void applied(const std::vector<AppliedDirective>& items, DirectiveLocation location, const std::string& where) {
        std::set<std::string_view> seen;
        for (const auto& item : items) {
            const auto* directive = schema_.directive(item.name);
            if (!directive) continue;
            if ((directive->locations & static_cast<std::uint32_t>(location)) == 0)
                problem("Directive \"@" + item.name + "\" may not be used on " + std::string{to_string(location)} + " (" + where +
                        ").");
            if (!seen.insert(item.name).second && !directive->is_repeatable)
                problem("The directive \"@" + item.name + "\" can only be used once at \"" + where + "\".");
        }
    }

    const Schema& schema_;
    std::vector<RequestError> errors_;
};

}  // namespace

std::vector<RequestError> check(const Schema& schema) { return Check{schema}.run(); }

}  // namespace vivi::graphql
