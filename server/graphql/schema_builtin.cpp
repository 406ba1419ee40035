// The types and directives of the language itself, in its own notation (sections 3.5, 3.13 and 4.2).
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/schema_sdl.hpp"

namespace vivi::graphql {

const std::string_view builtin_sdl = R"sdl(
"Text: UTF-8, any Unicode character (section 3.5.3)."
scalar String
"A whole number of 32 bits, signed (section 3.5.1)."
scalar Int
"A finite double of IEEE 754 (section 3.5.2)."
scalar Float
"true or false (section 3.5.4)."
scalar Boolean
"Names one object; text in responses, text or a whole number in requests (section 3.5.5)."
scalar ID

"Leaves this out unless `if` is true."
directive @include(
  "Keeps it when true."
  if: Boolean!
) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
"Leaves this out when `if` is true."
directive @skip(
  "Leaves it out when true."
  if: Boolean!
) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
"Still works, but should not be used any more."
directive @deprecated(
  "Why, and what to use instead; CommonMark."
  reason: String = "No longer supported"
) on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
"Says where a custom scalar is specified."
directive @specifiedBy(
  "The address of the specification."
  url: String!
) on SCALAR
"Exactly one field of this input object is given, and it is not null."
directive @oneOf on INPUT_OBJECT

"Everything this service offers."
type __Schema {
  description: String
  "Every named type, the built-in ones included."
  types: [__Type!]!
  "Where queries start."
  queryType: __Type!
  "Where mutations start; null without mutations."
  mutationType: __Type
  "Where subscriptions start; null without subscriptions."
  subscriptionType: __Type
  "Every directive, the built-in ones included."
  directives: [__Directive!]!
}

"A named type, or a list or non-null wrapper around `ofType`; `kind` says which fields have a value."
type __Type {
  kind: __TypeKind!
  name: String
  description: String
  specifiedByURL: String
  fields(includeDeprecated: Boolean! = false): [__Field!]
  interfaces: [__Type!]
  possibleTypes: [__Type!]
  enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]
  inputFields(includeDeprecated: Boolean! = false): [__InputValue!]
  ofType: __Type
  isOneOf: Boolean
}

"What a `__Type` is."
enum __TypeKind {
  SCALAR
  OBJECT
  INTERFACE
  UNION
  ENUM
  INPUT_OBJECT
  LIST
  NON_NULL
}

"A field of an object or an interface."
type __Field {
  name: String!
  description: String
  args(includeDeprecated: Boolean! = false): [__InputValue!]!
  type: __Type!
  isDeprecated: Boolean!
  deprecationReason: String
}

"An argument of a field or a directive, or a field of an input object."
type __InputValue {
  name: String!
  description: String
  type: __Type!
  "In the notation of GraphQL; null when there is none."
  defaultValue: String
  isDeprecated: Boolean!
  deprecationReason: String
}

"One value of an enum."
type __EnumValue {
  name: String!
  description: String
  isDeprecated: Boolean!
  deprecationReason: String
}

"A directive and where it may stand."
type __Directive {
  name: String!
  description: String
  isRepeatable: Boolean!
  locations: [__DirectiveLocation!]!
  args(includeDeprecated: Boolean! = false): [__InputValue!]!
}

"A place where a directive may stand."
enum __DirectiveLocation {
  QUERY
  MUTATION
  SUBSCRIPTION
  FIELD
  FRAGMENT_DEFINITION
  FRAGMENT_SPREAD
  INLINE_FRAGMENT
  VARIABLE_DEFINITION
  SCHEMA
  SCALAR
  OBJECT
  FIELD_DEFINITION
  ARGUMENT_DEFINITION
  INTERFACE
  UNION
  ENUM
  ENUM_VALUE
  INPUT_OBJECT
  INPUT_FIELD_DEFINITION
}

"Where the meta fields are defined; not a type of the schema."
type __Meta {
  __schema: __Schema!
  __type(name: String!): __Type
  __typename: String!
}
)sdl";

}  // namespace vivi::graphql
