// Nothing is lost and nothing doubled: bridged and the hub are killed under traffic, and the server is away for a minute.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { assertTotalsMeet, browse, Lab, until } from './lab.mjs'

let lab
before(async () => {
    lab = await Lab.start('--idle', '--guests', '3')
    await lab.join(1)
    await lab.join(2)
})
after(async () => {
    await lab?.stop()
})

test('bridged killed with SIGKILL during traffic loses and doubles nothing', async () => {
    const browsing = browse(lab, [1, 2])
    for (let round = 0; round < 3; round++) {
        const starts = (await lab.status()).find(program => program.name === 'bridged').starts
        await lab.ctl('kill', 'bridged')
        await until('bridged is back and in session', 30_000, async () => {
            const program = (await lab.status()).find(one => one.name === 'bridged')
            return program.starts > starts && (await lab.health('bridged'))
        })
        const { bytes_down: sofar } = await lab.stored()
        await until('traffic arrives again', 60_000, async () => (await lab.stored()).bytes_down > sofar)
    }
    await browsing.stop()
    await assertTotalsMeet(lab, 'bridged killed')
})

test('the hub killed with SIGKILL during traffic loses and doubles nothing', async () => {
    const browsing = browse(lab, [1, 2])
    for (let round = 0; round < 3; round++) {
        const { bytes_down: sofar } = await lab.stored()
        await lab.ctl('kill', 'openvivi')
        await until('traffic arrives again', 60_000, async () => (await lab.stored()).bytes_down > sofar)
    }
    await browsing.stop()
    await assertTotalsMeet(lab, 'hub killed')
})

// How long the server is away: one minute, or VIVI_OUTAGE_MINUTES of them (docs/operations.md, "A long outage, tried").
const minutes = Number(process.env.VIVI_OUTAGE_MINUTES ?? 1)

test(`the tunnel survives the server being away for ${minutes} min, and nothing counted meanwhile is lost or doubled`, async () => {
    const first = browse(lab, [1, 2])
    await until('everything works while the server is there', 120_000, async () => (await lab.stored()).bytes_down > 1_000_000)
    await first.stop()
    await assertTotalsMeet(lab, 'before the outage')
    const { bytes_down: sofar } = await lab.stored()
    await lab.ctl('cut')
    const browsing = browse(lab, [1, 2])
    const cutAt = Date.now()
    await until('the time has passed', minutes * 60_000 + 5_000, () => Date.now() - cutAt >= minutes * 60_000)
    const fetched = await browsing.stop()
    assert.ok(fetched > 1_000_000, 'guests browse on while the server is away')
    assert.equal((await lab.stored()).bytes_down, sofar, 'the server really was away')
    const { outbox } = await lab.health('bridged')
    await lab.ctl('mend')
    const mendedAt = Date.now()
    await until('what was counted meanwhile arrives', 90_000, async () => (await lab.stored()).bytes_down >= sofar + fetched)
    const arrived = (Date.now() - mendedAt) / 1000
    await assertTotalsMeet(lab, 'server away')
    console.log(`# away ${minutes} min: guests fetched ${fetched} bytes, the outbox held ${outbox.entries} entries in ${outbox.bytes} bytes, all of it was stored ${arrived} s after the line was back`)
})
