// From SDL to a Schema: declare every name, fill every type, then check the whole (section 3).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "server/graphql/coerce.hpp"
#include "server/graphql/parser.hpp"
#include "server/graphql/schema_sdl.hpp"

namespace vivi::graphql {

/// Builds one schema; problems are collected and the build goes on, so that all of them are reported at once.
class SchemaBuilder {
public:
    std::expected<Schema, std::vector<RequestError>> build(std::string_view sdl) {
        add(sdl, /*is_builtin=*/false);
        if (!errors_.empty()) return std::unexpected{std::move(errors_)};
        add(builtin_sdl, /*is_builtin=*/true);
        declare_types();
        if (!errors_.empty()) return std::unexpected{std::move(errors_)};
        fill_types();
        find_roots();
        take_meta_fields();
        if (!errors_.empty()) return std::unexpected{std::move(errors_)};
        link_interfaces();
        coerce_constants();
        auto problems = check(schema_);
        errors_.insert(errors_.end(), problems.begin(), problems.end());
        if (!errors_.empty()) return std::unexpected{std::move(errors_)};
        return std::move(schema_);
    }

private:
    void add(std::string_view text, bool is_builtin) {
        auto sdl = std::make_unique<Schema::Sdl>(std::string{text});
        auto document = parse(sdl->text);
        if (!document) {
            errors_.push_back(std::move(document).error());
            return;
        }
        sdl->document = *std::move(document);
        if (!is_builtin && (!sdl->document.operations.empty() || !sdl->document.fragments.empty()))
            errors_.push_back({"A schema contains no operations and no fragments.", {{1, 1}}});
        schema_.sdl_.push_back(std::move(sdl));
    }

    void problem(std::string message, ast::Position at) {
        errors_.push_back({std::move(message), {ast::locate(schema_.sdl_[0]->text, at)}});
    }

    void declare_types() {
        for (const auto& sdl : schema_.sdl_) {
            const bool is_builtin = sdl != schema_.sdl_.front();
            for (const auto& definition : sdl->document.types) {
                if (definition.is_extension) continue;
                const std::string name{definition.name.text};
                if (!is_builtin && name.starts_with("__"))
                    problem("Name \"" + name + "\" must not begin with \"__\", which is reserved.", definition.name.at);
                if (schema_.by_name_.contains(name)) {
                    if (!is_builtin) problem("There can be only one type named \"" + name + "\".", definition.name.at);
                    continue;
                }
                auto type = std::make_unique<NamedType>();
                type->kind = static_cast<Kind>(definition.kind);
                type->name = name;
                type->is_builtin = is_builtin || is_scalar(name);
                schema_.by_name_.emplace(type->name, type.get());
                schema_.types_.push_back(std::move(type));
            }
        }
    }
    static bool is_scalar(std::string_view name) {
        return name == "Int" || name == "Float" || name == "String" || name == "Boolean" || name == "ID";
    }

    void fill_types() {
        for (const auto& sdl : schema_.sdl_) {
            for (const auto& definition : sdl->document.types) fill(definition);
            for (const auto& definition : sdl->document.directives) add_directive(definition, *sdl);
        }
    }

    void fill(const ast::TypeDefinition& definition) {
        const auto found = schema_.by_name_.find(definition.name.text);
        if (found == schema_.by_name_.end())
            return problem("Cannot extend type \"" + std::string{definition.name.text} + "\" because it is not defined.",
                           definition.name.at);
        auto& type = *found->second;
        if (type.kind != static_cast<Kind>(definition.kind))
            return problem("Cannot extend \"" + type.name + "\" as another kind of type.", definition.name.at);
        if (definition.description) type.description = *definition.description, type.has_description = true;
        apply(definition.directives, type.directives);
        for (const auto& name : definition.interfaces) {
            const auto* interface = named(name);
            if (!interface) continue;
            if (interface->kind != Kind::Interface)
                problem("Type \"" + type.name + "\" must only implement interfaces, not \"" + interface->name + "\".", name.at);
            else if (std::find(type.interfaces.begin(), type.interfaces.end(), interface) != type.interfaces.end())
                problem("Type \"" + type.name + "\" can implement \"" + interface->name + "\" only once.", name.at);
            else
                type.interfaces.push_back(interface);
        }
        for (const auto& field : definition.fields) {
            if (type.field(field.name.text))
                problem("Field \"" + type.name + "." + std::string{field.name.text} + "\" can be defined only once.",
                        field.name.at);
            else
                type.fields.push_back(make_field(field));
        }
        for (const auto& name : definition.members) {
            const auto* member = named(name);
            if (!member) continue;
            if (member->kind != Kind::Object)
                problem("Union \"" + type.name + "\" can include only object types, not \"" + member->name + "\".", name.at);
            else if (std::find(type.possible.begin(), type.possible.end(), member) != type.possible.end())
                problem("Union \"" + type.name + "\" can include \"" + member->name + "\" only once.", name.at);
            else
                type.possible.push_back(member);
        }
        for (const auto& value : definition.values) {
            if (type.value(value.name.text)) {
                problem("Enum value \"" + type.name + "." + std::string{value.name.text} + "\" can be defined only once.",
                        value.name.at);
                continue;
            }
            EnumValue result{.name = std::string{value.name.text}};
            if (value.description) result.description = *value.description, result.has_description = true;
            apply(value.directives, result.directives);
            type.values.push_back(std::move(result));
        }
        for (const auto& input : definition.inputs) {
            if (type.input(input.name.text))
                problem("Input field \"" + type.name + "." + std::string{input.name.text} + "\" can be defined only once.",
                        input.name.at);
            else
                type.inputs.push_back(make_input(input));
        }
    }

    const NamedType* named(const ast::Name& name) {
        const auto* type = schema_.type(name.text);
        if (!type) problem("Unknown type \"" + std::string{name.text} + "\".", name.at);
        return type;
    }

    Field make_field(const ast::FieldDefinition& definition) {
        Field field{.name = std::string{definition.name.text}};
        if (definition.description) field.description = *definition.description, field.has_description = true;
        for (const auto& argument : definition.arguments) {
            if (field.argument(argument.name.text))
                problem("Argument \"" + std::string{argument.name.text} + "\" of field \"" + field.name +
                            "\" can be defined only once.",
                        argument.name.at);
            else
                field.arguments.push_back(make_input(argument));
        }
        field.type = {named(definition.type.name), definition.type.wrappers};
        apply(definition.directives, field.directives);
        field.index = schema_.field_count++;
        return field;
    }

    InputField make_input(const ast::InputValue& definition) {
        InputField input{.name = std::string{definition.name.text}};
        if (definition.description) input.description = *definition.description, input.has_description = true;
        input.type = {named(definition.type.name), definition.type.wrappers};
        if (definition.default_value) input.default_literal = &*definition.default_value;
        apply(definition.directives, input.directives);
        return input;
    }

    void add_directive(const ast::DirectiveDefinition& definition, const Schema::Sdl& sdl) {
        const bool is_builtin = &sdl != schema_.sdl_.front().get();
        const std::string name{definition.name.text};
        if (schema_.directive(name)) {
            if (!is_builtin) problem("There can be only one directive named \"@" + name + "\".", definition.name.at);
            return;
        }
        if (name.starts_with("__"))
            problem("Name \"@" + name + "\" must not begin with \"__\", which is reserved.", definition.name.at);
        Directive directive{.name = name, .is_repeatable = definition.is_repeatable, .is_builtin = is_builtin};
        if (definition.description) directive.description = *definition.description, directive.has_description = true;
        for (const auto& argument : definition.arguments) {
            if (directive.argument(argument.name.text))
                problem("Argument \"" + std::string{argument.name.text} + "\" of directive \"@" + name +
                            "\" can be defined only once.",
                        argument.name.at);
            else
                directive.arguments.push_back(make_input(argument));
        }
        for (const auto& location : definition.locations)
            if (const auto bit = directive_location(location.text)) {
                directive.locations |= static_cast<std::uint32_t>(*bit);
                directive.listed.push_back(*bit);
            }
        schema_.directives_.push_back(std::move(directive));
    }

    /// Names are kept now; arguments are coerced when every type is known.
    void apply(const std::vector<ast::Directive>& directives, std::vector<AppliedDirective>& applied) {
        for (const auto& directive : directives)
            applied.push_back({.name = std::string{directive.name.text}, .written = &directive});
    }

    void find_roots() {
        const auto& document = schema_.sdl_.front()->document;
        std::set<ast::Operation::Type> seen;
        bool is_defined = false;
        for (const auto& definition : document.schemas) {
            if (!definition.is_extension && std::exchange(is_defined, true))
                problem("Must provide only one schema definition.", definition.at);
            if (definition.description) schema_.description = *definition.description, schema_.has_description = true;
            for (const auto& root : definition.roots) {
                if (!seen.insert(root.operation).second)
                    problem("There can be only one type for each operation in a schema.", root.type.at);
                else if (const auto* type = named(root.type))
                    this->root(root.operation) = type;
            }
        }
        if (!is_defined) {  // Section 3.3.1: the default names.
            if (!schema_.query) schema_.query = schema_.type("Query");
            if (!schema_.mutation) schema_.mutation = schema_.type("Mutation");
            if (!schema_.subscription) schema_.subscription = schema_.type("Subscription");
        }
    }
    const NamedType*& root(ast::Operation::Type operation) {
        switch (operation) {
            case ast::Operation::Type::Query: return schema_.query;
            case ast::Operation::Type::Mutation: return schema_.mutation;
            case ast::Operation::Type::Subscription: return schema_.subscription;
        }
        return schema_.query;
    }

    /// __Meta only carries the definitions of the meta fields.
    void take_meta_fields() {
        auto& types = schema_.types_;
        const auto meta = std::find_if(types.begin(), types.end(), [](const auto& type) { return type->name == "__Meta"; });
        for (auto& field : (*meta)->fields) schema_.meta_.push_back(std::make_unique<Field>(std::move(field)));
        schema_.by_name_.erase("__Meta");
        types.erase(meta);
        for (std::uint32_t i = 0; i < types.size(); ++i) types[i]->index = i;
    }

    void link_interfaces() {
        for (const auto& type : schema_.types_)
            for (const auto* interface : type->interfaces)
                if (type->kind == Kind::Object) schema_.by_name_.at(interface->name)->possible.push_back(type.get());
    }

    void coerce_constants() {
        const auto inputs = [&](std::vector<InputField>& fields) {
            for (auto& field : fields) {
                coerce_default(field);
                coerce_directives(field.directives);
                take_deprecation(field.directives, field.deprecation);
            }
        };
        // Defaults of input objects first: other defaults take theirs from them. A default within a default needs several rounds.
        for (int round = 0; round < 3; ++round)
            for (const auto& type : schema_.types_)
                for (auto& field : type->inputs) coerce_default(field);
        for (auto& directive : schema_.directives_) inputs(directive.arguments);
        for (const auto& type : schema_.types_) {
            inputs(type->inputs);
            for (auto& field : type->fields) {
                inputs(field.arguments);
                coerce_directives(field.directives);
                take_deprecation(field.directives, field.deprecation);
            }
            for (auto& value : type->values) {
                coerce_directives(value.directives);
                take_deprecation(value.directives, value.deprecation);
            }
            coerce_directives(type->directives);
            for (const auto& directive : type->directives) {
                if (directive.name == "oneOf") type->is_one_of = true;
                if (directive.name == "specifiedBy" && directive.arguments["url"].is_text())
                    type->specified_by = std::string{directive.arguments["url"].text()};
            }
        }
        for (auto& field : schema_.meta_) inputs(field->arguments);
    }

    void coerce_default(InputField& field) {
        if (!field.default_literal) return;
        field.default_value = coerce(*field.default_literal, field.type, {});
        if (!field.default_value && failed_defaults_.insert(&field).second)
            problem("The default of \"" + field.name + "\" is not a " + to_string(field.type) + ".", field.default_literal->at);
    }

    void coerce_directives(std::vector<AppliedDirective>& applied) {
        for (auto& directive : applied) {
            const auto* definition = schema_.directive(directive.name);
            if (!definition) {
                problem("Unknown directive \"@" + directive.name + "\".", directive.written->at);
                continue;
            }
            for (const auto& argument : directive.written->arguments)
                if (!definition->argument(argument.name.text))
                    problem(
                        "Unknown argument \"" + std::string{argument.name.text} + "\" on directive \"@" + directive.name + "\".",
                        argument.name.at);
            auto values = coerce_arguments(definition->arguments, directive.written->arguments, {}, schema_.sdl_.front()->text);
            if (values)
                directive.arguments = *std::move(values);
            else
                problem(values.error().message, directive.written->at);
        }
    }

    static void take_deprecation(const std::vector<AppliedDirective>& applied, std::optional<std::string>& reason) {
        for (const auto& directive : applied)
            if (directive.name == "deprecated" && directive.arguments["reason"].is_text())
                reason = std::string{directive.arguments["reason"].text()};
    }

    Schema schema_;
    std::vector<RequestError> errors_;
    std::set<const InputField*> failed_defaults_;
};

std::expected<Schema, std::vector<RequestError>> parse_schema(std::string_view sdl) { return SchemaBuilder{}.build(sdl); }

Result<Schema> build_schema(std::string_view sdl) {
    auto schema = parse_schema(sdl);
    if (schema) return *std::move(schema);
    std::string text;
    for (const auto& error : schema.error()) {
        if (!text.empty()) text += '\n';
        if (!error.locations.empty())
            text += std::to_string(error.locations[0].line) + ":" + std::to_string(error.locations[0].column) + ": ";
        text += error.message;
    }
    return failed(Code::Invalid, std::move(text));
}

}  // namespace vivi::graphql
