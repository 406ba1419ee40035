// GraphQL against servers of others in the same run: processor time per request and per delivery as the operating system counts it.
// SPDX-License-Identifier: Apache-2.0
//
// Server and load are processes of their own, on one core each. Loads are bounded in number and time.
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const site = resolve(here, '../../build/release/bench/graphql_site')
const peers = resolve(here, 'peers')
const hertz = 100 // Of /proc/<pid>/stat (man 5 proc, sysconf(_SC_CLK_TCK)).
let nextPort = 24_100

execFileSync(resolve(here, '../../deploy/npm-ci'), [peers], { stdio: 'ignore' })
const autocannon = createRequire(`${peers}/package.json`)('autocannon')

/** Starts a server pinned to core 0; {port, pid, stop()}. */
async function start(command, ...args) {
    const port = nextPort++
    const child = spawn('taskset', ['-c', '0', command, ...args, String(port)], { cwd: peers, stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((done, fail) => {
        child.stdout.once('data', done)
        child.once('exit', code => fail(new Error(`${command} ${args} ended with ${code}`)))
    })
    return { port, pid: child.pid, stop: () => new Promise(done => child.once('exit', done) && child.kill()) }
}
/** Seconds of processor time a process has used, kernel included. */
function cpu(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) / hertz
}
function memory(pid) {
    return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024
}
function report(measure, value, unit, peer, peer_value, target) {
    const ratio = peer_value === null ? null : Number((value / peer_value).toFixed(4))
    const met = peer_value === null ? value <= target : ratio <= target
    console.log(JSON.stringify({ measure, value: Number(value.toFixed(3)), unit, peer, peer_value: peer_value === null ? null : Number(peer_value.toFixed(3)), ratio, target: Number(target.toFixed(4)), met }))
}

/** Microseconds of processor time for one request. */
async function perRequest(server, query, amount) {
    const body = JSON.stringify({ query })
    const options = { url: `http://127.0.0.1:${server.port}/graphql`, method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body, connections: 16 }
    await autocannon({ ...options, amount: 2000 }) // The JIT and the caches are warm.
    const before = cpu(server.pid)
    const result = await autocannon({ ...options, amount })
    if (result.non2xx || result.errors) throw new Error(`${result.non2xx} refused, ${result.errors} failed`)
    return ((cpu(server.pid) - before) / amount) * 1e6
}

/** In turns, so that what else this machine does is shared by all. */
async function requests() {
    const commands = { 'NestJS + Apollo': ['node', 'nest.mjs'], 'mercurius JIT': ['node', 'mercurius.mjs'], vivi: [site] }
    const queries = ['{ hello }', '{ devices(first: 20) { id mac name address bytesUp bytesDown } }']
    const turns = 4
    const servers = {}
    for (const [name, command] of Object.entries(commands)) servers[name] = await start(...command)
    const found = queries.map(() => ({}))
    for (let turn = 0; turn < turns; ++turn)
        for (const [i, query] of queries.entries())
            for (const [name, server] of Object.entries(servers)) found[i][name] = (found[i][name] ?? 0) + (await perRequest(server, query, 15_000)) / turns
    report('memory after these requests', memory(servers.vivi.pid), 'MB', null, null, 25)
    for (const server of Object.values(servers)) await server.stop()
    const [hello, devices] = found
    report('processor time a request, { hello }', hello.vivi, 'us', 'NestJS + Apollo', hello['NestJS + Apollo'], 1 / 15)
    report('processor time a request, { hello }', hello.vivi, 'us', 'mercurius JIT', hello['mercurius JIT'], 1 / 2)
    report('processor time a request, 20 devices of 6 fields', devices.vivi, 'us', 'NestJS + Apollo', devices['NestJS + Apollo'], 1 / 12)
    report('processor time a request, 20 devices of 6 fields', devices.vivi, 'us', 'mercurius JIT', devices['mercurius JIT'], 1 / 2)
}

/** 1,000 equal subscribers for some seconds: processor time a delivery, and the 99th percentile of the time to the client. */
async function fanOut(command) {
    const server = await start(...command)
    const before = { cpu: 0 }
    const load = spawn('taskset', ['-c', '1', 'node', resolve(peers, 'subscribers.mjs'), String(server.port), '1000', '8'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    load.stdout.on('data', data => {
        text += data
        if (text.includes('joined\n') && !before.at) {
            before.at = Date.now()
            before.cpu = cpu(server.pid)
        }
        if (text.includes('done\n') && !before.end) before.end = cpu(server.pid)
    })
    await new Promise(done => load.once('exit', done))
    const { deliveries, p99 } = JSON.parse(text.trim().split('\n').at(-1))
    await server.stop()
    return { perDelivery: ((before.end - before.cpu) / deliveries) * 1e6, p99 }
}

async function idle() {
    const server = await start(site)
    const before = memory(server.pid)
    const load = spawn('node', [resolve(peers, 'subscribers.mjs'), String(server.port), '10000', 'idle'], { stdio: ['pipe', 'pipe', 'inherit'] })
    await new Promise(done => load.stdout.on('data', data => String(data).includes('joined') && done()))
    report('memory of an idle subscription, of 10,000', ((memory(server.pid) - before) / 10_000) * 1024, 'kB', null, null, 10)
    load.kill()
    await server.stop()
}

await requests()
const theirs = await fanOut(['node', 'graphql_ws.mjs'])
const ours = await fanOut([site])
report('processor time a delivery, 1,000 equal subscribers at 5 Hz', ours.perDelivery, 'us', 'graphql-ws', theirs.perDelivery, 1 / 4)
report('time to the client p99, 1,000 equal subscribers at 5 Hz', ours.p99, 'ms', 'graphql-ws', theirs.p99, 1 / 4)
await idle()
