// Commands from the dashboard and from GodView to the router of the event: signed by the server, carried by the hub, done by the real
// openvivi-embedded; services are the lab's programs, a reboot is all of them in another boot. SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import { Lab, until } from './lab.mjs'

let lab
let routerId
before(async () => {
    lab = await Lab.start('--idle', '--guests', '1')
    await until('the router has its configuration', 30_000, async () => (await lab.health('bridged')).applied_revision > 0)
    ;[{ id: routerId }] = (await lab.api('{ routers { id } }')).routers
    await lab.api('mutation ($password: String!) { stepUp(input: { password: $password }) { errors { code } } }', { password: lab.password })
})
after(async () => {
    await lab?.stop()
})

let made = 0
/** Has the router do something, as the organiser does, and waits for the end of it. */
async function command(what, ms = 20_000) {
    const { commandRouter } = await lab.api(
        'mutation ($input: CommandRouterInput!) { commandRouter(input: $input) { command { id } errors { code message } } }',
        { input: { routerId, key: `test ${++made}`, command: what } }
    )
    assert.deepEqual(commandRouter.errors, [])
    return until(`the end of ${JSON.stringify(what)}`, ms, async () => {
        const { command } = await lab.api('query ($id: ID!) { command(id: $id) { state detail result } }', { id: commandRouter.command.id })
        return command && !['QUEUED', 'SENT', 'RUNNING'].includes(command.state) && command
    })
}
const program = async name => (await lab.status()).find(row => row.name === name)

test('a diagnosis is made on the router and its result comes back', async () => {
    const { state, result, detail } = await command({ ping: { host: '198.51.100.1', count: 2 } })
    assert.equal(state, 'SUCCEEDED', detail)
    assert.equal(result.received, 2)
})

test('a service is restarted once, and stopped and started', async () => {
    const before = await program('dnsd')
    const restarted = await command({ restartService: 'vivi-dnsd' })
    assert.equal(restarted.state, 'SUCCEEDED', restarted.detail)
    const after = await program('dnsd')
    assert.notEqual(after.pid, before.pid)
    assert.equal(after.starts, before.starts + 1)
    assert.equal((await command({ stopService: 'vivi-dhcpd' })).state, 'SUCCEEDED')
    assert.equal((await program('dhcpd')).state, 'stopped')
    assert.equal((await command({ startService: 'vivi-dhcpd' })).state, 'SUCCEEDED')
    assert.equal((await program('dhcpd')).state, 'running')
})

test('what cannot be done fails with its reason', async () => {
    const { state, detail } = await command({ collectLogs: { service: 'vivi-dnsd' } })
    assert.equal(state, 'FAILED')
    assert.match(detail, /no journal/)
})

test('GodView restarts the end of the tunnel itself', async () => {
    const staff = await lab.signIn(lab.godview_email, lab.godview_password)
    await lab.api('mutation ($password: String!) { stepUp(input: { password: $password }) { errors { code } } }', { password: lab.godview_password }, staff)
    const before = await program('openvivi-embedded')
    const { staffCommandRouter } = await lab.api(
        'mutation ($input: CommandRouterInput!) { staffCommandRouter(input: $input) { command { id } errors { code } } }',
        { input: { routerId, key: 'tunnel', command: { restartService: 'vivi-openvivi-embedded' } } },
        staff
    )
    assert.deepEqual(staffCommandRouter.errors, [])
    await until('it has succeeded', 30_000, async () => {
        const [[state, detail]] = await lab.sql(`select state, detail from commands order by created_at desc limit 1`)
        assert.notEqual(state, 'failed', detail)
        return state === 'succeeded'
    })
    assert.notEqual((await program('openvivi-embedded')).pid, before.pid)
})

test('a reboot has succeeded once the router is back in another boot, and its services with it', async () => {
    const boot = await readFile(`${lab.state}/router/boot_id`, 'utf8')
    const before = await program('bridged')
    const { state, detail } = await command({ reboot: true }, 60_000)
    assert.equal(state, 'SUCCEEDED', detail)
    assert.notEqual(await readFile(`${lab.state}/router/boot_id`, 'utf8'), boot)
    assert.notEqual((await program('bridged')).pid, before.pid)
    await until('the router is online', 30_000, async () => (await lab.api('{ routers { linkState } }')).routers[0].linkState === 'ONLINE')
    await lab.join(1)
})

test('a power-off ends every program of the router, and it is back when somebody switches it on', async () => {
    const { commandRouter } = await lab.api(
        'mutation ($input: CommandRouterInput!) { commandRouter(input: $input) { command { id } errors { code } } }',
        { input: { routerId, key: 'off', command: { powerOff: true } } }
    )
    assert.deepEqual(commandRouter.errors, [])
    await until('it is off', 20_000, async () => (await program('bridged')).state === 'stopped')
    await lab.ctl('power-on')
    await until('the router is online', 30_000, async () => {
        const [[state]] = await lab.sql(`select state from commands order by created_at desc limit 1`)
        return state === 'succeeded' && (await lab.api('{ routers { linkState } }')).routers[0].linkState === 'ONLINE'
    })
})
