// Section 4: the schema describes itself. Ordinary properties over the engine's own structures.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/bind.hpp"
#include "server/graphql/coerce.hpp"

namespace vivi::graphql {
namespace {

Value text_or_null(bool has_text, const std::string& text) { return has_text ? Value::borrowed(text) : Value{}; }

Value text_or_null(const std::optional<std::string>& text) { return text ? Value::borrowed(*text) : Value{}; }

Object type_object(TypeRef type) { return Object::make(type); }
Object type_object(const NamedType* type) { return type_object(TypeRef{type, 0}); }

template <class Items>
Value types(const Items& items) {
    List list;
    for (const auto& item : items) list.emplace_back(type_object(&*item));
    return list;
}

/// Elements with a name and perhaps a deprecation, filtered by includeDeprecated.
template <class Item>
Value elements(const std::vector<Item>& items, const Arguments& arguments) {
    const bool with_deprecated = arguments.get<bool>("includeDeprecated");
    List list;
    for (const auto& item : items)
        if (with_deprecated || !item.deprecation) list.emplace_back(Object::borrowed(item));
    return list;
}

std::string_view kind_name(TypeRef type) {
    if (type.is_non_null()) return "NON_NULL";
    if (type.is_list()) return "LIST";
    switch (type.named->kind) {
        case Kind::Scalar: return "SCALAR";
        case Kind::Object: return "OBJECT";
        case Kind::Interface: return "INTERFACE";
        case Kind::Union: return "UNION";
        case Kind::Enum: return "ENUM";
        case Kind::InputObject: return "INPUT_OBJECT";
    }
    return {};
}

/// Fields of __Type that only named types have, given the named type; null for wrappers.
template <class F>
auto named(F value) {
    return [value](const TypeRef& type, const Arguments& arguments, Context&) -> Resolved {
        if (type.wrappers != 0) return Value{};
        return value(*type.named, arguments);
    };
}

// Section 4.2.2.
void add_type(Resolvers& resolvers) {
    resolvers.of<TypeRef>("__Type")
        .field("kind", [](const TypeRef& type) { return Value::borrowed(kind_name(type)); })
        .field("name", named([](const NamedType& type, const Arguments&) { return Value::borrowed(type.name); }))
        .field("description", named([](const NamedType& type, const Arguments&) {
                   return text_or_null(type.has_description, type.description);
               }))
        .field("specifiedByURL", named([](const NamedType& type, const Arguments&) { return text_or_null(type.specified_by); }))
        .field("fields", named([](const NamedType& type, const Arguments& arguments) {
                   return type.kind == Kind::Object || type.kind == Kind::Interface ? elements(type.fields, arguments) : Value{};
               }))
        .field("interfaces", named([](const NamedType& type, const Arguments&) {
                   return type.kind == Kind::Object || type.kind == Kind::Interface ? types(type.interfaces) : Value{};
               }))
        .field("possibleTypes",
               named([](const NamedType& type, const Arguments&) { return type.is_abstract() ? types(type.possible) : Value{}; }))
        .field("enumValues", named([](const NamedType& type, const Arguments& arguments) {
                   return type.kind == Kind::Enum ? elements(type.values, arguments) : Value{};
               }))
        .field("inputFields", named([](const NamedType& type, const Arguments& arguments) {
                   return type.kind == Kind::InputObject ? elements(type.inputs, arguments) : Value{};
               }))
        .field("ofType", [](const TypeRef& type) { return type.wrappers != 0 ? Value{type_object(type.inner())} : Value{}; })
        .field("isOneOf", named([](const NamedType& type, const Arguments&) {
                   return type.kind == Kind::InputObject ? Value{type.is_one_of} : Value{};
               }));
}

// Sections 4.2.3 to 4.2.6.
void add_members(Resolvers& resolvers) {
    resolvers.of<Field>("__Field")
        .field("name", &Field::name)
        .field("description", [](const Field& field) { return text_or_null(field.has_description, field.description); })
        .field("args",
               [](const Field& field, const Arguments& arguments, Context&) { return elements(field.arguments, arguments); })
        .field("type", [](const Field& field) { return type_object(field.type); })
        .field("isDeprecated", [](const Field& field) { return field.deprecation.has_value(); })
        .field("deprecationReason", [](const Field& field) { return text_or_null(field.deprecation); });
    resolvers.of<InputField>("__InputValue")
        .field("name", &InputField::name)
        .field("description", [](const InputField& input) { return text_or_null(input.has_description, input.description); })
        .field("type", [](const InputField& input) { return type_object(input.type); })
        .field("defaultValue",
               [](const InputField& input) {
                   return input.default_value ? Value{print_literal(*input.default_value, input.type)} : Value{};
               })
        .field("isDeprecated", [](const InputField& input) { return input.deprecation.has_value(); })
        .field("deprecationReason", [](const InputField& input) { return text_or_null(input.deprecation); });
    resolvers.of<EnumValue>("__EnumValue")
        .field("name", &EnumValue::name)
        .field("description", [](const EnumValue& value) { return text_or_null(value.has_description, value.description); })
        .field("isDeprecated", [](const EnumValue& value) { return value.deprecation.has_value(); })
        .field("deprecationReason", [](const EnumValue& value) { return text_or_null(value.deprecation); });
    resolvers.of<Directive>("__Directive")
        .field("name", &Directive::name)
        .field("description",
               [](const Directive& directive) { return text_or_null(directive.has_description, directive.description); })
        .field("isRepeatable", &Directive::is_repeatable)
        .field("locations",
               [](const Directive& directive) {
                   List list;
                   for (const auto location : directive.listed) list.emplace_back(Value::borrowed(to_string(location)));
                   return list;
               })
        .field("args", [](const Directive& directive, const Arguments& arguments, Context&) {
            return elements(directive.arguments, arguments);
        });
}

}  // namespace

void add_introspection(Resolvers& resolvers, const Schema& the_schema) {
    const auto* schema = &the_schema;
    const auto optional = [](const NamedType* type) { return type ? Value{type_object(type)} : Value{}; };
    resolvers.property("__Meta", "__schema",
                       [schema](const Object&, const Arguments&, Context&) { return Object::borrowed(*schema); });
    resolvers.property("__Meta", "__type", [schema, optional](const Object&, const Arguments& arguments, Context&) {
        return optional(schema->type(arguments.get<std::string_view>("name")));
    });
    resolvers.of<Schema>("__Schema")
        .field("description", [](const Schema& self) { return text_or_null(self.has_description, self.description); })
        .field("types", [](const Schema& self) { return types(self.types()); })
        .field("queryType", [](const Schema& self) { return type_object(self.query); })
        .field("mutationType", [optional](const Schema& self) { return optional(self.mutation); })
        .field("subscriptionType", [optional](const Schema& self) { return optional(self.subscription); })
        .field("directives", [](const Schema& self) {
            List list;
            for (const auto& directive : self.directives()) list.emplace_back(Object::borrowed(directive));
            return list;
        });
    add_type(resolvers);
    add_members(resolvers);
}

}  // namespace vivi::graphql
