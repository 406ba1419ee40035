// Fastify with mercurius and its JIT; usage: node mercurius.mjs PORT
// SPDX-License-Identifier: Apache-2.0
import Fastify from 'fastify'
import mercurius from 'mercurius'

import { devices, typeDefs } from './data.mjs'

const app = Fastify()
await app.register(mercurius, {
    schema: typeDefs.replace(/type Subscription[^}]*}/, ''),
    resolvers: { Query: { hello: () => 'world', devices: (_, { first }) => devices.slice(0, first) } },
    jit: 1
})
await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
console.log('ready')
