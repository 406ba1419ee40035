// The lab as a test sees it: start it, make guests do things, break parts of it, ask the daemons and the database what they know.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
export const programs = process.env.VIVI_PROGRAMS ?? resolve(root, 'build/release/bin')
const tool = resolve(programs, 'vivi-lab')

/** Asks until `question` answers with something true; what it answered. Fails with `what` after `ms`. */
export async function until(what, ms, question) {
    const end = Date.now() + ms
    let last
    for (;;) {
        try {
            last = await question()
            if (last) return last
        } catch (error) {
            last = error
        }
        if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what} (last: ${last?.message ?? JSON.stringify(last)})`)
        await new Promise(done => setTimeout(done, 50))
    }
}

/** Keeps guests fetching until told to stop; counts what curl received. */
export function browse(lab, guests) {
    let on = true
    let bytes = 0
    const loops = guests.map(async guest => {
        while (on) {
            try {
                bytes += (await lab.fetch(guest, 'https://photos.pixogram.example/image')).bytes
            } catch {
                // A fetch may fail while things are killed; what it transferred is counted by pcapd, not here.
            }
        }
    })
    return {
        async stop() {
            on = false
            await Promise.all(loops)
            return bytes
        }
    }
}

/** Waits until pcapd has nothing unconfirmed and PostgreSQL has exactly what pcapd's batches said. */
export async function assertTotalsMeet(lab, what) {
    let confirmed
    let stored
    await until(`${what}: totals in PostgreSQL equal what pcapd had confirmed`, 60_000, async () => {
        const before = (await lab.health('pcapd')).confirmed
        stored = await lab.stored()
        confirmed = (await lab.health('pcapd')).confirmed
        return before.batches === confirmed.batches && stored.bytes_up === confirmed.bytes_up && stored.bytes_down === confirmed.bytes_down
    }).catch(error => {
        throw new Error(`${error.message}\nstored ${JSON.stringify(stored)}\nconfirmed ${JSON.stringify(confirmed)}`)
    })
    assert.ok(stored.bytes_down > 1_000_000, 'there was traffic')
}

export class Lab {
    /** Starts the event; resolves when it says that it runs. `--idle` guests wait for join(). */
    static async start(...options) {
        const child = spawn(
            tool,
            ['run', '--json', '--web-root', resolve(root, 'server/web/dist'), '--scripts', resolve(root, 'deploy/demo'), ...options],
            { stdio: ['ignore', 'pipe', 'inherit'] }
        )
        const ended = new Promise(done => child.once('exit', code => done(code)))
        const lines = createInterface({ input: child.stdout })
        const first = await Promise.race([
            new Promise(done => lines.once('line', done)),
            ended.then(code => {
                throw new Error(`vivi-lab ended with ${code} before it ran`)
            })
        ])
        return new Lab(child, ended, JSON.parse(first))
    }

    constructor(child, ended, facts) {
        this.child = child
        this.ended = ended
        Object.assign(this, facts)
    }

    /** Stops it and waits until everything is gone; its exit code. */
    async stop() {
        this.child.kill('SIGTERM')
        return this.ended
    }

    async ctl(...words) {
        const { stdout } = await run(tool, ['--state', this.state, 'ctl', ...words])
        return stdout.trim()
    }
    async status() {
        return JSON.parse(await this.ctl('status'))
    }

    /** Runs a command as "guest1", on the "router", …; its standard output. Rejects when it fails. */
    async on(place, ...command) {
        const { stdout } = await run(tool, ['--state', this.state, 'exec', place, ...command], { maxBuffer: 64 << 20 })
        return stdout
    }

    /** Starts a command there and gives the child process. */
    spawnOn(place, ...command) {
        return spawn(tool, ['--state', this.state, 'exec', place, ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
    }

    /** Fetches https://host/path as a guest; {bytes, seconds, code}. */
    async fetch(guest, url, ...options) {
        const format = '{"bytes":%{size_download},"header":%{size_header},"seconds":%{time_total},"connect":%{time_connect},"code":%{http_code}}'
        const stdout = await this.on(
            `guest${guest}`, 'curl', '--silent', '--show-error', '--max-time', '20', '--output', '/dev/null',
            '--cacert', `${this.state}/ca.crt`, '--write-out', format, ...options, url)
        return JSON.parse(stdout)
    }

    /** Bytes of a download that ended before its time, or 20 s: those that came. */
    async cutShort(guest, url, ...options) {
        const curl = ['curl', '--silent', '--max-time', '20', '--output', '/dev/null', '--cacert', `${this.state}/ca.crt`, '--write-out', '%{size_download}', ...options, url]
        return run(tool, ['--state', this.state, 'exec', `guest${guest}`, ...curl]).then(
            () => {
                throw new Error('all of it came')
            },
            error => Number(error.stdout)
        )
    }

    /** How fast a guest downloads for `seconds`, bit/s by what curl received. */
    async rate(guest, url, seconds) {
        const curl = `curl --silent --max-time ${seconds} --output /dev/null --cacert ${this.state}/ca.crt --write-out '%{speed_download}' ${url} || true`
        return 8 * Number(await this.on(`guest${guest}`, 'sh', '-c', curl))
    }
    /** Writes <state>/name and gives its path. */
    async write(name, text) {
        await writeFile(`${this.state}/${name}`, text)
        return `${this.state}/${name}`
    }

    /** A guest joins with its real DHCP client; resolves when it has an address. */
    async join(guest) {
        await this.ctl('join', String(guest))
        return until(`guest ${guest} has an address`, 20_000, () => this.address(guest))
    }
    async address(guest) {
        const links = JSON.parse(await this.on(`guest${guest}`, 'ip', '-json', '-4', 'address', 'show', 'dev', 'eth0'))
        return links[0]?.addr_info?.[0]?.local
    }
    async mac(guest) {
        return JSON.parse(await this.on(`guest${guest}`, 'ip', '-json', 'link', 'show', 'dev', 'eth0'))[0].address
    }

    /** The health document of a daemon: "pcapd", "bridged", "openvivi", … */
    health(daemon) {
        return new Promise((done, fail) => {
            let text = ''
            const socket = createConnection(`${this.state}/run/${daemon}.health`)
            socket.setTimeout(2000, () => socket.destroy(new Error(`${daemon} does not answer on its health socket`)))
            socket.on('data', data => (text += data))
            socket.on('error', fail)
            socket.on('end', () => {
                try {
                    done(JSON.parse(text))
                } catch (error) {
                    fail(error)
                }
            })
        })
    }

    /** Makes `policy` the router's, as the dashboard does, and waits until the router says that all of it is in force; the revision. */
    async setPolicy(policy) {
        const revision = await this.sendPolicy(policy)
        await until(`revision ${revision} is in force`, 15_000, async () => (await this.health('bridged')).applied_revision >= revision)
        return revision
    }
    /** The same without waiting. Rejects with every problem of a policy that is refused. */
    async sendPolicy(policy) {
        const { routers } = await this.api('{ routers { id policy { revision } } }')
        const [router] = routers
        const input = { routerId: router.id, baseRevision: router.policy.revision, document: policy }
        const { setPolicy } = await this.api(
            'mutation ($input: SetPolicyInput!) { setPolicy(input: $input) { policy { revision } errors { code message path } } }', { input }
        )
        if (setPolicy.errors.length) throw new Error(setPolicy.errors.map(error => `${error.path}: ${error.message}`).join('; '))
        return Number(setPolicy.policy.revision)
    }
    /** Replaces one member of the router's configuration ("dns", "firewall") and waits until it is in force. */
    async setPart(part, value) {
        const file = await this.write('configuration-of-a-test.json', JSON.stringify({ [part]: value }))
        const revision = Number(await this.on('server', `${programs}/vivi-admin`, 'set-configuration', '--router', this.router, '--file', file))
        await until(`revision ${revision} is in force`, 15_000, async () => (await this.health('bridged')).applied_revision >= revision)
    }
    setDns(dns) {
        return this.setPart('dns', dns)
    }
    setFirewall(firewall) {
        return this.setPart('firewall', firewall)
    }
    /** What `dig` says as a guest: {status, answers, ede}. */
    async dig(guest, name, ...options) {
        const text = await this.on(`guest${guest}`, 'dig', '+tries=1', '+time=3', name, ...options)
        const section = text.match(/;; ANSWER SECTION:\n([\s\S]*?)\n\n/)?.[1] ?? ''
        const answers = [...section.matchAll(/^[^;\s]\S*\s+(\d+)\s+IN\s+(\S+)\s+(.+)$/gm)].map(([, ttl, type, data]) => ({ ttl: Number(ttl), type, data }))
        return { status: text.match(/status: (\w+)/)?.[1], answers, ede: text.match(/; EDE: (.+)/)?.[1] ?? '', text }
    }

    /** Rows of a query on the server's database, as the superuser, each a list of texts. */
    async sql(query) {
        const { stdout } = await run('psql', ['-XqtA', '-F', '\t', '-h', `${this.state}/postgres`, '-U', 'postgres', '-d', 'vivi', '-c', query])
        return stdout.trim() === '' ? [] : stdout.trim().split('\n').map(line => line.split('\t'))
    }

    /** Bytes in PostgreSQL: {bytes_up, bytes_down}. */
    async stored() {
        const [[up, down]] = await this.sql('select coalesce(sum(bytes_up), 0), coalesce(sum(bytes_down), 0) from traffic')
        return { bytes_up: Number(up), bytes_down: Number(down) }
    }

    /** A signed-in GraphQL request over HTTP; its data. Throws what the server calls an error. */
    async api(query, variables = {}, cookie = undefined) {
        cookie ??= this.cookie ??= await this.signIn()
        const response = await fetch(this.graphqlUrl(), {
            method: 'POST',
            headers: { 'content-type': 'application/json', cookie, origin: this.url.slice(0, -1) },
            body: JSON.stringify({ query, variables })
        })
        const { data, errors } = await response.json()
        if (errors) throw new Error(errors.map(error => error.message).join('; '))
        return data
    }
    graphqlUrl() {
        return `${this.url}graphql`
    }
    async signIn(email = this.email, password = this.password) {
        const response = await fetch(this.graphqlUrl(), {
            method: 'POST',
            headers: { 'content-type': 'application/json', origin: this.url.slice(0, -1) },
            body: JSON.stringify({
                query: 'mutation ($input: LoginInput!) { login(input: $input) { user { id } errors { code } } }',
                variables: { input: { email, password } }
            })
        })
        const { data } = await response.json()
        if (data?.login?.errors?.length) throw new Error(data.login.errors[0].code)
        return response.headers.get('set-cookie').split(';')[0]
    }
}
