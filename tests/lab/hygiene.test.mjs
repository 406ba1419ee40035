// Starting, stopping and bad input: one event at a time, clear sentences, and nothing left behind.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

import { Lab, programs, until } from './lab.mjs'

const run = promisify(execFile)
const daemons = ['dhcpd', 'dnsd', 'pcapd', 'bridged', 'openvivi-embedded', 'openvivi', 'server']

/** Runs a program to its end: {code, stderr}. */
async function ends(program, args, options = {}) {
    try {
        const { stderr } = await run(`${programs}/${program}`, args, { timeout: 20_000, ...options })
        return { code: 0, stderr }
    } catch (error) {
        return { code: error.code, stderr: error.stderr }
    }
}

const labArguments = ['run', '--web-root', '/nonexistent', '--scripts', '/nonexistent']
const namespaces = async () => (await readdir('/run/netns').catch(() => [])).filter(name => name.startsWith('vivi-'))
async function ours() {
    const { stdout } = await run('ps', ['-eo', 'args'])
    return stdout.split('\n').filter(line => line.includes('/var/tmp/vivi-lab/') && !line.includes('grep'))
}

let lab
before(async () => {
    lab = await Lab.start('--idle', '--guests', '1')
})
after(async () => {
    await lab?.stop()
})

test('a second event at once is refused in one line that says what to do', async () => {
    const { code, stderr } = await ends('vivi-lab', labArguments)
    assert.equal(code, 1)
    assert.match(stderr, /^vivi-lab: another event is running \(process \d+\); stop it with deploy\/demo\/stop\n$/)
})

test('every daemon takes an empty file, and refuses an unknown key with file and line and exits with 78', async () => {
    const folder = await mkdtemp(`${tmpdir()}/vivi-hygiene-`)
    await writeFile(`${folder}/empty.toml`, '')
    await writeFile(`${folder}/bad.toml`, '\nhealth.sokket = "x"\n')
    for (const name of daemons) {
        const empty = await ends(`vivi-${name}`, ['--check', '--config', `${folder}/empty.toml`])
        assert.deepEqual(empty, { code: 0, stderr: '' }, name)
        const bad = await ends(`vivi-${name}`, ['--check', '--config', `${folder}/bad.toml`])
        assert.equal(bad.code, 78, name)
        assert.equal(bad.stderr, `vivi-${name}: ${folder}/bad.toml:2: health.sokket: unknown key; --help lists the keys\n`)
    }
    await rm(folder, { recursive: true })
})

test('without root the lab says so and makes nothing', async () => {
    const { code, stderr } = await run('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', `${programs}/vivi-lab`, ...labArguments]).then(
        () => ({ code: 0 }),
        error => error
    )
    assert.equal(code, 1)
    assert.equal(stderr, 'vivi-lab: network namespaces need root; run this as root\n')
})

test('every daemon refuses wrong arguments with 64', async () => {
    for (const name of daemons)
        assert.equal((await ends(`vivi-${name}`, ['--no-such-thing'])).code, 64, name)
})

test('pcapd on an interface that does not exist says which exist', async () => {
    const { code, stderr } = await ends('vivi-pcapd', ['--config', '/dev/null'], { env: { ...process.env, VIVI_CAPTURE_INTERFACE: 'nosuch0', VIVI_HEALTH_SOCKET: '' } })
    assert.equal(code, 78)
    assert.match(stderr, /nosuch0/)
    assert.match(stderr, /\blo\b/)
})

test('vivi-server on a taken port says so and exits with 1', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise(done => holder.once('listening', done))
    const port = holder.address().port
    const { code, stderr } = await ends('vivi-server', ['--config', '/dev/null'], {
        env: { ...process.env, VIVI_LISTEN_PORT: String(port), VIVI_HEALTH_SOCKET: '', VIVI_DATABASE_OWNER_URL: '', VIVI_WEB_ROOT: `${lab.state}/etc` }
    })
    holder.close()
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`${port}`))
})

test('the lab on a taken port says so before it makes anything', async () => {
    await lab.stop()
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise(done => holder.once('listening', done))
    const { code, stderr } = await ends('vivi-lab', [...labArguments, '--web-port', String(holder.address().port)])
    holder.close()
    assert.equal(code, 1)
    assert.match(stderr, /^vivi-lab: 127\.0\.0\.1:\d+: Address already in use; choose another with --web-port\n$/)
    assert.deepEqual(await namespaces(), [])
    lab = await Lab.start('--idle', '--guests', '1')
})

test('after a stop no process, namespace or lock is left', async () => {
    assert.ok((await ours()).length > 5, 'there was something to leave behind')
    assert.equal(await lab.stop(), 0)
    await until('everything is gone', 5000, async () => (await ours()).length === 0)
    assert.deepEqual(await namespaces(), [])
    assert.deepEqual((await readdir('/run/lock')).filter(name => name.startsWith('vivi')), [])
    lab = undefined
})

test('after the event itself is killed with SIGKILL no process is left, and stop removes the rest', async () => {
    const killed = await Lab.start('--idle', '--guests', '1')
    killed.child.kill('SIGKILL')
    await killed.ended
    await until('the kernel has ended what it started', 5000, async () => (await ours()).length === 0)
    assert.equal((await ends('vivi-lab', ['stop'])).code, 0)
    assert.deepEqual(await namespaces(), [])
})
