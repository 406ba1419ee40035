// The server side alone, with a router that is simulated behind a real tunnel: what `deploy/demo/run --server-only` starts.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Lab, until } from './lab.mjs'

let lab
before(async () => {
    lab = await Lab.start('--server-only')
})
after(async () => {
    await lab?.stop()
})

const devices = 'query ($router: ID!) { devices(routerId: $router, first: 1000) { totalCount edges { node { id mac banState bytesDown } } } }'

test('one enrolled router is online with its devices, and obeys a ban', async () => {
    const router = await until('the router is online and has devices', 30_000, async () => {
        const { routers } = await lab.api('{ routers { id linkState appliedRevision deviceCount } }')
        assert.equal(routers.length, 1)
        return routers[0].linkState === 'ONLINE' && routers[0].appliedRevision > 0 && routers[0].deviceCount >= 200 && routers[0]
    })
    const read = async () => (await lab.api(devices, { router: router.id })).devices
    const { edges } = await until('there is traffic', 30_000, async () => {
        const found = await read()
        return found.edges.some(({ node }) => node.bytesDown > 0) && found
    })
    const device = edges[0].node.id
    const { setDeviceBanned } = await lab.api(
        'mutation ($device: ID!) { setDeviceBanned(input: { deviceId: $device, banned: true }) { device { banState } errors { code } } }',
        { device }
    )
    assert.deepEqual(setDeviceBanned, { device: { banState: 'SENT' }, errors: [] })
    await until('the router has confirmed it', 10_000, async () =>
        (await read()).edges.some(({ node }) => node.id === device && node.banState === 'IN_FORCE'))
})

test('the simulated router carries out a command, and says what it cannot do', async () => {
    await lab.api('mutation ($password: String!) { stepUp(input: { password: $password }) { errors { code } } }', { password: lab.password })
    const [{ id: routerId }] = (await lab.api('{ routers { id } }')).routers
    const outcome = async (key, command) => {
        const { commandRouter } = await lab.api(
            'mutation ($input: CommandRouterInput!) { commandRouter(input: $input) { command { id } errors { code } } }',
            { input: { routerId, key, command } }
        )
        assert.deepEqual(commandRouter.errors, [])
        return until(`the end of ${key}`, 30_000, async () => {
            const { command: told } = await lab.api('query ($id: ID!) { command(id: $id) { state detail } }', { id: commandRouter.command.id })
            return !['QUEUED', 'SENT', 'RUNNING'].includes(told.state) && told
        })
    }
    const restarted = await outcome('restart', { restartService: 'vivi-bridged' })
    assert.equal(restarted.state, 'SUCCEEDED', restarted.detail)
    const impossible = await outcome('impossible', { restartService: 'vivi-dnsd' })
    assert.equal(impossible.state, 'FAILED')
    assert.match(impossible.detail, /vivi-dnsd\.service not found/)
})
