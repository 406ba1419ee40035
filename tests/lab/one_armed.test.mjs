// One interface for guests and uplink: everything passes twice on one wire, and is counted, filtered and banned once.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Lab, until } from './lab.mjs'
import { fails, stream } from './traffic.mjs'

let lab
let mac
before(async () => {
    lab = await Lab.start('--idle', '--one-armed', '--guests', '2')
    await until('the router has its configuration', 60_000, async () => (await lab.health('bridged')).applied_revision > 0)
    await lab.join(1)
    await lab.join(2)
    mac = await lab.mac(1)
})
after(async () => {
    await lab?.stop()
})

test('a download is counted once, for the guest and nobody else', async () => {
    const fetched = await lab.fetch(1, 'https://cdn.vapor.example/video')
    assert.equal(fetched.code, 200)
    const payload = fetched.bytes + fetched.header
    await until('its bytes are stored', 30_000, async () => {
        const [[bytes]] = await lab.sql(`select coalesce(sum(bytes_down), 0) from traffic where mac = '${mac}' and name = 'cdn.vapor.example'`)
        return Number(bytes) >= payload
    })
    const [[counted]] = await lab.sql("select sum(bytes_down) from traffic")
    assert.ok(Number(counted) <= payload * 1.06 + 50_000, `${counted} counted for ${payload} received`)
    const others = await lab.sql(`select mac, sum(bytes_down) from traffic where mac not in ('${mac}', '${await lab.mac(2)}') and bytes_down > 0 group by mac`)
    assert.deepEqual(others, [], 'nothing of it is counted for the real router or ours')
})

test('the router sends no redirects that would lead guests around it', async () => {
    for (const device of ['all', 'eth0'])
        assert.equal((await lab.on('router', 'cat', `/proc/sys/net/ipv4/conf/${device}/send_redirects`)).trim(), '0')
    assert.equal((await lab.health('bridged')).firewall.topology, 'one-armed, advisory')
})

test('rules and bans hold', async () => {
    await lab.setPolicy({ domains: [{ domain: 'lookfor.example', decision: 'deny' }] })
    assert.equal((await lab.dig(1, 'www.lookfor.example')).status, 'NXDOMAIN')
    assert.equal((await lab.dig(1, 'www.lookfor.example', '@8.8.8.8')).status, 'NXDOMAIN', 'another resolver is answered here too')
    const banned = stream(lab, 1, 'https://video.tubular.example/slow')
    const other = stream(lab, 2, 'https://video.tubular.example/slow')
    await until('both downloads run', 15_000, () => banned.bytes > 200_000 && other.bytes > 200_000)
    await lab.setPolicy({ devices: [{ device: mac, decision: 'deny' }] })
    await until('the banned one has stopped', 3000, () => Date.now() - banned.lastAt > 700)
    const before = other.bytes
    await until('the other goes on', 3000, () => other.bytes > before)
    banned.stop()
    other.stop()
    await fails(lab.fetch(1, 'https://www.bigshop.example/small', '--connect-timeout', '2'))
})
