// The bench's schema as graphql-js has it, with the sources of its subscriptions.
// SPDX-License-Identifier: Apache-2.0
import { buildSchema } from 'graphql'

import { typeDefs } from './data.mjs'

export function makeExecutableSchema(subscriptions) {
    const schema = buildSchema(typeDefs)
    const fields = schema.getSubscriptionType().getFields()
    for (const [name, subscribe] of Object.entries(subscriptions)) fields[name].subscribe = subscribe
    return schema
}
