// Checks a program's resolvers against the schema and puts each where its field is.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/bind.hpp"

#include "server/graphql/coerce.hpp"

namespace vivi::graphql {

/// Collects problems, so that a start-up reports all of them.
class ResolverBinder {
public:
    ResolverBinder(Schema& schema, const Resolvers& resolvers) : schema_{schema}, resolvers_{resolvers} {}

    Result<Bindings> run() {
        result_.fields.resize(schema_.field_count);
        hooks();
        Resolvers introspection;
        add_introspection(introspection, schema_);
        for (const auto& registration : introspection.registrations()) bind(registration);
        for (const auto& registration : resolvers_.registrations()) bind(registration);
        for (const auto& [field, stream] : resolvers_.streams()) bind_stream(field, stream);
        find_missing();
        if (problems_.empty()) return std::move(result_);
        return failed(Code::Invalid, std::move(problems_));
    }

private:
    void problem(const std::string& text) { problems_ += (problems_.empty() ? "" : "\n") + text; }

    void hooks() {
        for (const auto& [name, hooks] : resolvers_.scalars()) {
            auto* type = find(name);
            if (!type || type->kind != Kind::Scalar || type->is_builtin)
                problem("the schema has no custom scalar " + name);
            else
                type->hooks = hooks;
        }
        for (const auto& [name, values] : resolvers_.enumerations()) {
            auto* type = find(name);
            if (!type || type->kind != Kind::Enum) {
                problem("the schema has no enum " + name);
                continue;
            }
            for (const auto& [number, text] : values) map_value(*type, number, text);
            for (const auto& value : type->values)
                if (!value.mapped) problem("enum value " + name + "." + value.name + " is mapped to nothing");
        }
        coerce_defaults();
    }

    NamedType* find(std::string_view name) {
        const auto found = schema_.by_name_.find(name);
        return found == schema_.by_name_.end() ? nullptr : found->second;
    }

    void map_value(NamedType& type, std::int64_t number, const std::string& text) {
        for (auto& value : type.values)
            if (value.name == text) {
                value.mapped = number;
                return;
            }
        problem("enum " + type.name + " has no value " + text);
    }

    void coerce_defaults() {
        const auto inputs = [&](std::vector<InputField>& fields) {
            for (auto& field : fields) {
                if (!field.default_literal) continue;
                field.default_value = coerce(*field.default_literal, field.type, {});
                if (!field.default_value) problem("the default of " + field.name + " is refused by its scalar");
            }
        };
        for (const auto& type : schema_.types_) inputs(type->inputs);
        for (const auto& type : schema_.types_)
            for (auto& field : type->fields) inputs(field.arguments);
    }

    void bind(const Resolvers::Registration& registration) {
        const auto name = registration.type + "." + registration.field;
        const auto* type = schema_.type(registration.type);
        const auto* field = registration.type == "__Meta" ? schema_.field(*schema_.query, registration.field)
                            : type                        ? type->field(registration.field)
                                                          : nullptr;
        if (!field) return problem("resolver for " + name + ", which the schema does not have");
        if (type && type->kind != Kind::Object) return problem("resolver for " + name + ": only object types have resolvers");
        if (type && type == schema_.subscription) return problem("resolver for " + name + ": register a stream");
        auto& bound = result_.fields[field->index];
        if (bound.property || bound.batch) return problem("two resolvers for " + name);
        if (const auto* property = std::get_if<Property>(&registration.resolve)) bound.property = *property;
        if (const auto* batch = std::get_if<Batch>(&registration.resolve)) bound.batch = *batch;
    }

    void bind_stream(const std::string& field, const Stream& stream) {
        if (!schema_.subscription || !schema_.subscription->field(field))
            problem("stream for " + field + ", which the subscription type does not have");
        else if (!result_.streams.emplace(field, stream).second)
            problem("two streams for " + field);
    }

    void find_missing() {
        for (const auto& type : schema_.types()) {
            if (type->kind != Kind::Object) continue;
            for (const auto& field : type->fields) {
                const auto name = type->name + "." + field.name;
                auto& bound = result_.fields[field.index];
                if (type.get() == schema_.subscription) {
                    if (!result_.streams.contains(field.name) && !resolvers_.any()) problem("no stream for " + name);
                } else if (!bound.property && !bound.batch) {
                    if (!resolvers_.any())
                        problem("no resolver for " + name);
                    else
                        bound.property = [any = resolvers_.any(), &field](const Object& parent, const Arguments& arguments,
                                                                          Context& context) {
                            return any(parent, field, arguments, context);
                        };
                }
            }
        }
    }

    Schema& schema_;
    const Resolvers& resolvers_;
    Bindings result_;
    std::string problems_;
};

Result<Bindings> bind(Schema& schema, const Resolvers& resolvers) { return ResolverBinder{schema, resolvers}.run(); }

}  // namespace vivi::graphql
