// Under traffic: every process killed, a line that swallows, processes that stand still, a database that crashes, a full disk.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

import { assertTotalsMeet, browse, Lab, until } from './lab.mjs'

const run = promisify(execFile)

let lab
before(async () => {
    lab = await Lab.start('--idle', '--guests', '3', '--shift-clock')
    await lab.join(1)
    await lab.join(2)
    await lab.setPart('monitoring', { tick_ms: 1000 }) // What is waited for most.
})
after(async () => {
    await lab?.stop()
})

/** Breaks something while guests browse; then what was counted meets, to the byte. */
async function through(what, breaking) {
    const browsing = browse(lab, [1, 2])
    try {
        await breaking()
    } finally {
        await browsing.stop()
    }
    await assertTotalsMeet(lab, what)
}
async function arrivesAgain(ms = 60_000) {
    const { bytes_down: sofar } = await until('the database answers', ms, () => lab.stored())
    await until('traffic arrives again', ms, async () => (await lab.stored()).bytes_down > sofar)
}
const passes = ms => new Promise(done => setTimeout(done, ms))
const program = async name => (await lab.status()).find(one => one.name === name)

async function kill(name) {
    const { starts } = await program(name)
    await lab.ctl('kill', name)
    await until(`${name} is started again`, 30_000, async () => (await program(name)).starts > starts)
}

for (const name of ['openvivi-embedded', 'router-redis-stream', 'router-redis-state', 'router-rabbitmq', 'server-rabbitmq', 'server-redis'])
    test(`${name} killed with SIGKILL loses and doubles nothing`, () =>
        through(`${name} killed`, async () => {
            await kill(name)
            await arrivesAgain()
        }))

test('PostgreSQL crashes in the middle of a transaction and recovers: nothing acknowledged is lost, nothing comes twice', () =>
    through('postgres killed', async () => {
        await kill('postgres')
        await arrivesAgain()
    }))

test('a hub and a bridge that stand still for some seconds go on where they were', () =>
    through('stopped processes', async () => {
        for (const name of ['openvivi', 'bridged']) {
            await lab.ctl('pause', name)
            await passes(4_000)
            await lab.ctl('resume', name)
            await arrivesAgain()
        }
    }))

/** The wall clock of the router's daemons is so many seconds off from now on. */
async function shiftClock(seconds) {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(seconds))
    const file = await open(`${lab.state}/clock-shift`, 'r+') // In place: the daemons have it mapped.
    await file.write(bytes)
    await file.close()
}

test('a wall clock that jumps hours to and fro changes no total and takes nobody its address', () =>
    through('clock jumps', async () => {
        const addresses = async () => [await lab.address(1), await lab.address(2), (await lab.health('dhcpd')).networks[0].leases]
        const before = await addresses()
        for (const seconds of [3 * 3600, -3 * 3600, 0]) {
            await shiftClock(seconds)
            await arrivesAgain()
            const { last } = Object.fromEntries(await lab.sql(`select 'last', round(extract(epoch from max(at) - now())) from traffic`))
            assert.ok(Math.abs(Number(last)) <= 330, `the newest bucket is ${last} s from now: a router's clock is believed for 5 minutes ahead`)
            assert.deepEqual(await addresses(), before)
        }
    }))

test('a line that swallows everything is noticed within 45 s on both sides, and another connection is made', () =>
    through('half-open line', async () => {
        const { starts } = await program('openvivi-embedded')
        await lab.on('server', 'nft', 'add table inet chaos; add chain inet chaos in { type filter hook input priority 0; }; add rule inet chaos in iifname eth0 drop')
        const connected = `select count(*) from routers where hub <> ''`
        await until('the hub notices', 60_000, async () => (await lab.sql(connected))[0][0] === '0')
        const { bytes_down: sofar } = await lab.stored()
        await lab.on('server', 'nft', 'delete table inet chaos')
        await until('the router is back', 60_000, async () => (await lab.sql(connected))[0][0] === '1')
        await until('what was counted meanwhile arrives', 30_000, async () => (await lab.stored()).bytes_down > sofar)
        assert.equal((await program('openvivi-embedded')).starts, starts, 'it was the connection that ended, not the process')
    }))

test('a full disk under the outbox keeps events in the queue before it, and they arrive when there is room', async () => {
    const folder = `${lab.state}/router-redis-stream`
    const { stdout: inside } = await run('pgrep', ['-P', String(lab.child.pid)])
    const within = script => run('nsenter', ['-t', inside.trim().split('\n')[0], '-m', 'sh', '-euc', script])
    await lab.ctl('stop', 'router-redis-stream')
    await within(`cp ${folder}/redis.conf ${lab.state}/redis.conf.aside && mount -t tmpfs -o size=8m tmpfs ${folder} && mv ${lab.state}/redis.conf.aside ${folder}/redis.conf`)
    await lab.ctl('start', 'router-redis-stream')
    await through('full disk', async () => {
        await arrivesAgain()
        await within(`dd if=/dev/zero of=${folder}/ballast bs=4k 2>/dev/null || true`)
        const { stdout: left } = await within(`df --output=avail ${folder} | tail -n 1`)
        assert.equal(left.trim(), '0')
        await until('the outbox cannot be written', 30_000, async () => (await readFile(`${lab.state}/log/bridged.log`, 'utf8')).includes('No space left on device'))
        const { bytes_down: sofar } = await lab.stored()
        await passes(3_000)
        assert.equal((await lab.stored()).bytes_down, sofar, 'nothing passes by the outbox')
        await within(`rm ${folder}/ballast`)
        await arrivesAgain()
    })
})

test('whatever else is killed serves again', async () => {
    for (const name of ['dhcpd', 'dnsd', 'pcapd', 'server']) await kill(name)
    await lab.join(3)
    await until('a guest resolves and fetches', 30_000, async () => (await lab.fetch(3, 'https://photos.pixogram.example/image')).code === 200)
    lab.cookie = undefined
    await until('the dashboard answers', 30_000, async () => (await lab.api('{ routers { id } }')).routers.length === 1)
})
