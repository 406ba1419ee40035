// graphql-ws over ws: one tick for all subscribers, five times a second; usage: node graphql_ws.mjs PORT
// SPDX-License-Identifier: Apache-2.0
import { EventEmitter, on } from 'node:events'
import { makeExecutableSchema } from './schema.mjs'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'

import { devices } from './data.mjs'

const emitter = new EventEmitter()
emitter.setMaxListeners(0)
async function* ticks() {
    for await (const [tick] of on(emitter, 'tick')) yield { tick }
}
const schema = makeExecutableSchema({ tick: ticks })
const server = new WebSocketServer({ port: Number(process.argv[2]), host: '127.0.0.1', path: '/graphql' })
useServer({ schema }, server)
server.on('listening', () => console.log('ready'))
setInterval(() => emitter.emit('tick', { at: (performance.timeOrigin + performance.now()) * 1000, devices: devices.slice(0, 20) }), 200)
