// A router dies in the middle of an event, and one from the box takes its place: another key, an empty disk, the same cables. Real DHCP
// clients keep their addresses. SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

import { Lab, programs, until } from './lab.mjs'

const run = promisify(execFile)
const ofTheRouter = ['bridged', 'dhcpd', 'dnsd', 'pcapd', 'openvivi-embedded', 'unbound', 'router-redis-state', 'router-redis-stream', 'router-rabbitmq']

let lab
let broken
let organisation
const addresses = {}
before(async () => {
    lab = await Lab.start('--idle', '--guests', '3')
    await until('the router has its configuration', 30_000, async () => (await lab.health('bridged')).applied_revision > 0)
    ;[{ id: broken }] = (await lab.api('{ routers { id } }')).routers
    await lab.api('mutation ($password: String!) { stepUp(input: { password: $password }) { errors { code } } }', { password: lab.password })
    const { me } = await lab.api('{ me { memberships { organisation { id } } } }')
    organisation = me.memberships[0].organisation.id
})
after(async () => {
    await lab?.stop()
})

const leases = () => lab.sql("select host(address), state from leases where state = 'granted' order by address")
/** Everything that made it that router: its key, its stores, its queue, its documents. The hub's key is pinned on every router. */
async function anotherMachine() {
    for (const name of await readdir(`${lab.state}/router`))
        if (!['hub_host_keys', 'policy', 'journal', 'boot_id'].includes(name)) await rm(`${lab.state}/router/${name}`, { recursive: true })
    for (const name of await readdir(`${lab.state}/router/policy`)) await rm(`${lab.state}/router/policy/${name}`, { recursive: true })
    for (const store of ['router-redis-state', 'router-redis-stream']) await rm(`${lab.state}/${store}/appendonlydir`, { recursive: true, force: true })
    await rm(`${lab.state}/router-rabbitmq/mnesia`, { recursive: true, force: true })
    await lab.on('router', 'nft', 'flush', 'ruleset')
}
/** Asks udhcpc for a renewal now, by unicast from the address that it has (udhcpc: SIGUSR1). */
async function renew(guest) {
    const { stdout } = await run('ip', ['netns', 'pids', `vivi-guest${guest}`])
    for (const pid of stdout.trim().split('\n')) {
        const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
        if (name.trim() === 'udhcpc' || name.trim() === 'busybox') process.kill(Number(pid), 'SIGUSR1')
    }
}

test('guests have leases of the router that is going to die, and the server knows them', async () => {
    for (const guest of [1, 2]) addresses[guest] = await lab.join(guest)
    await until('both leases at the server', 30_000, async () => (await leases()).length === 2)
})

test('a spare from the box is claimed with its code and put in the place of the dead one', async () => {
    for (const name of ofTheRouter) await lab.ctl('stop', name)
    await until('it is gone', 20_000, async () => (await lab.status()).every(one => !ofTheRouter.includes(one.name) || one.state !== 'running'))
    const before = (await lab.sql('select fingerprint from routers')).flat()
    await anotherMachine()
    await lab.ctl('power-on')
    const { code } = await until('the claim code of the spare', 60_000, async () => JSON.parse(await readFile(`${lab.state}/router/claim-code.json`, 'utf8')))
    const claimed = (await lab.api(
        'mutation ($input: ClaimRouterInput!) { claimRouter(input: $input) { router { id } errors { code message } } }',
        { input: { organisationId: organisation, code, name: 'From the box' } }
    )).claimRouter
    assert.deepEqual(claimed.errors, [])
    const { replaceRouter } = await lab.api(
        'mutation ($input: ReplaceRouterInput!) { replaceRouter(input: $input) { router { id name } leases errors { code message } } }',
        { input: { routerId: broken, spareId: claimed.router.id } }
    )
    assert.deepEqual(replaceRouter.errors, [])
    assert.equal(replaceRouter.router.id, broken)
    assert.equal(replaceRouter.leases, 2)
    const fingerprint = (await readFile(`${lab.state}/router/identity.fingerprint`, 'utf8')).trim()
    assert.ok(!before.includes(fingerprint), 'it really is another machine')
    assert.deepEqual(await lab.sql(`select fingerprint from routers where id = '${lab.router}'`), [[fingerprint]])
    await until('the LAN is served by the spare', 40_000, async () =>
        (await lab.health('dhcpd')).networks.some(network => network.name === 'lan' && network.problem === ''))
})

test('a client that renews at the spare keeps its address, one that comes back does too, and a new one gets another', async () => {
    const obtained = async () => (await readFile(`${lab.state}/log/guest2.dhcp.log`, 'utf8')).split(`lease of ${addresses[2]} obtained from 10.66.0.1`).length - 1
    await until('the leases that came along', 30_000, async () => (await readFile(`${lab.state}/log/dhcpd.log`, 'utf8')).includes('leases.carried'))
    const sofar = await obtained()
    assert.equal(sofar, 1, 'of the dead one')
    await renew(2)
    await until('the answer of the spare to a client that never went away', 20_000, async () => (await obtained()) > sofar)
    assert.equal(await lab.address(2), addresses[2])

    await lab.ctl('leave', '1')
    assert.equal(await lab.join(1), addresses[1])

    const third = await lab.join(3)
    assert.ok(!Object.values(addresses).includes(third), `${third} is somebody's`)
    await until('all three at the server, under the router that it is now', 30_000, async () => (await leases()).length === 3)
    assert.equal((await lab.fetch(2, 'https://photos.pixogram.example/image')).code, 200, 'and it works')
})
