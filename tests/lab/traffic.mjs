// Traffic of guests in the lab that a test watches while it goes on, and questions whether something is refused.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'

/** The operation must not succeed. */
export async function fails(operation, what = 'it is refused') {
    await assert.rejects(operation, what)
}

/** Watches a child's output: bytes, when the last came. */
function watch(child) {
    const progress = { bytes: 0, lastAt: 0, stop: () => child.kill() }
    child.stdout.on('data', data => {
        progress.bytes += data.length
        progress.lastAt = Date.now()
    })
    return progress
}

/** A download that runs: {bytes, lastAt, stop()}. */
export function stream(lab, guest, url) {
    return watch(lab.spawnOn(`guest${guest}`, 'curl', '--silent', '--no-buffer', '--cacert', `${lab.state}/ca.crt`, url))
}

/** Whether a TCP connection is accepted there within 2 s. */
export async function tcpConnects(lab, guest, address, port) {
    const script = `const s = require('net').connect(${port}, '${address}'); s.setTimeout(2000, () => process.exit(1)); s.on('error', () => process.exit(1)); s.on('connect', () => process.exit(0))`
    return lab.on(`guest${guest}`, 'node', '-e', script).then(
        () => true,
        () => false
    )
}

/** The internet sends a datagram every 20 ms to whoever greeted it: {received, lastAt, stop()}. */
export async function udpStream(lab, guest, address = '198.18.0.5', port = 5005) {
    const sender = lab.spawnOn(
        'internet', 'node', '-e',
        `const s = require('dgram').createSocket('udp4'); let to; s.on('message', (_, from) => (to = from)); s.bind(${port}, '${address}', () => console.log('ready')); setInterval(() => to && s.send('data', to.port, to.address), 20); setTimeout(() => process.exit(), 60000)`
    )
    await new Promise(done => sender.stdout.once('data', done))
    const receiver = lab.spawnOn(
        `guest${guest}`, 'node', '-e',
        `const s = require('dgram').createSocket('udp4'); s.on('message', () => console.log('x')); s.send('hello', ${port}, '${address}'); setTimeout(() => process.exit(), 60000)`
    )
    const progress = { received: 0, lastAt: 0 }
    receiver.stdout.on('data', () => {
        progress.received += 1
        progress.lastAt = Date.now()
    })
    progress.stop = () => {
        sender.kill()
        receiver.kill()
    }
    return progress
}

/** Counts the datagrams that reach the internet at address:port, by their source port. */
export function udpSink(lab, address, port) {
    const child = lab.spawnOn(
        'internet', 'node', '-e',
        `const s = require('dgram').createSocket('udp4'); s.on('message', (_, from) => console.log(from.port)); s.bind(${port}, '${address}', () => console.log('ready')); setTimeout(() => process.exit(), 60000)`
    )
    const counts = new Map()
    const sink = { lastAt: Date.now(), from: local => counts.get(local) ?? 0, stop: () => child.kill() }
    sink.ready = new Promise(done => child.stdout.once('data', done))
    child.stdout.on('data', data => {
        for (const line of String(data).split('\n').filter(Boolean)) counts.set(Number(line), (counts.get(Number(line)) ?? 0) + 1)
        sink.lastAt = Date.now()
    })
    return sink
}

/** A guest's Chromium that is told to speak QUIC to the name at once: its Initial packets are real. */
export function quicBrowser(lab, guest, name, address) {
    const child = lab.spawnOn(
        `guest${guest}`, 'chromium', '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--enable-quic', `--origin-to-force-quic-on=${name}:443`,
        `--host-resolver-rules=MAP ${name} ${address}`, `--user-data-dir=${lab.state}/chromium-${guest}`, '--dump-dom', `https://${name}/small`
    )
    return { stop: () => child.kill() }
}
