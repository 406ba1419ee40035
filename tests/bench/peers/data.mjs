// The same data for every server of the bench: twenty devices in memory, and a schema.
// SPDX-License-Identifier: Apache-2.0
export const typeDefs = `
type Query { hello: String!  devices(first: Int!): [Device!]! }
type Device { id: ID!  mac: String!  name: String!  address: String!  bytesUp: Float!  bytesDown: Float! }
type Subscription { tick: Tick!  silent: Tick! }
type Tick { at: Float!  devices: [Device!]! }
`
export const devices = Array.from({ length: 1000 }, (_, i) => ({
    id: `device:${i}`,
    mac: `02:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
    name: `guest number ${i}`,
    address: `10.66.${i >> 8}.${i & 255}`,
    bytesUp: i * 1013,
    bytesDown: i * 70001
}))
