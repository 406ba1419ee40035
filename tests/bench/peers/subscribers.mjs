// Many equal subscribers in one process; usage: node subscribers.mjs PORT COUNT SECONDS|idle
// SPDX-License-Identifier: Apache-2.0
//
// Prints "joined", "done", then {"deliveries","p99"}: milliseconds from the event's own time (same clock) until its text is here.
import WebSocket from 'ws'

const [port, count, seconds] = process.argv.slice(2)
const isIdle = seconds === 'idle'
const query = isIdle ? 'subscription { silent { at } }' : 'subscription { tick { at devices { id mac name address bytesUp bytesDown } } }'
const microseconds = () => (performance.timeOrigin + performance.now()) * 1000
const latencies = []
let deliveries = 0
let counting = false

function subscriber() {
    return new Promise((done, fail) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', { perMessageDeflate: false })
        socket.on('error', fail)
        socket.on('open', () => socket.send('{"type":"connection_init"}'))
        socket.on('message', data => {
            if (counting) {
                deliveries += 1
                // Only the stamp is looked at, so that the load costs little.
                const at = data.indexOf('"at":')
                if (at >= 0) latencies.push(microseconds() - Number.parseFloat(data.toString('latin1', at + 5, at + 25)))
                return
            }
            if (data.includes('"connection_ack"')) {
                socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }))
                done(socket)
            }
        })
    })
}

for (let begun = 0; begun < Number(count); begun += 100) await Promise.all(Array.from({ length: 100 }, subscriber))
await new Promise(done => setTimeout(done, 1000)) // Everybody has what they joined with.
console.log('joined')
if (isIdle) await new Promise(() => setTimeout(() => process.exit(), 60_000))
counting = true
await new Promise(done => setTimeout(done, Number(seconds) * 1000))
counting = false
console.log('done')
latencies.sort((a, b) => a - b)
console.log(JSON.stringify({ deliveries, p99: latencies[Math.floor(latencies.length * 0.99)] / 1000 }))
process.exit()
