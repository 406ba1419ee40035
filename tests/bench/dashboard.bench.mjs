// The list of devices at a big event: 5,000 devices of four routers, hundreds of them changing each second, in Debian's Chromium.
// SPDX-License-Identifier: Apache-2.0
//
// Script per update: processor time of the page's main thread in scripts within each half second (there are at most two renders a second,
// so that this is all that an update costs: messages, stores and drawing). VIVI_MINUTES (default 3): how long; the heap is measured
// after collecting garbage: VIVI_MINUTES=10 says whether it stays flat. VIVI_EVENT=1: the devices of tests/sim/event in its three places,
// who also come, go and renew their leases, instead of crowds that stay. VIVI_LIVELINESS (default 8): how often devices of the crowds do
// something, in per cent of what they do by themselves; 8 are 500 to 700 changes a second. There is no peer: nothing comparable runs here.
import { launch, newPage, signIn } from '../web/browser.mjs'
import { startProduct } from '../web/fixtures/product.mjs'

const minutes = Number(process.env.VIVI_MINUTES ?? 3)
const traceSeconds = 30
const updateMs = 500
const scripts = new Set(['FunctionCall', 'EvaluateScript', 'TimerFire', 'FireAnimationFrame', 'EventDispatch', 'RunMicrotasks', 'v8.callFunction', 'WebSocketReceive', 'XHRReadyStateChange'])

let failed = false
function report(measure, value, unit, target, met) {
    failed ||= met === false
    console.log(JSON.stringify({ measure, value, unit, peer: null, peer_value: null, ratio: null, target, met }))
}

async function trace(session, seconds) {
    const events = []
    session.on('Tracing.dataCollected', ({ value }) => events.push(...value))
    const complete = new Promise(done => session.once('Tracing.tracingComplete', done))
    await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['devtools.timeline', 'toplevel', 'v8', '__metadata'] } })
    await new Promise(done => setTimeout(done, seconds * 1000))
    await session.send('Tracing.end')
    await complete
    return events
}

/** Outermost script events of the page's main thread, and its tasks; times in milliseconds. */
function mainThread(events) {
    const busy = new Map()
    for (const { name, args, pid, tid } of events) {
        if (name === 'thread_name' && args.name === 'CrRendererMain') busy.set(`${pid} ${tid}`, 0)
    }
    for (const { name, dur = 0, pid, tid } of events) {
        const key = `${pid} ${tid}`
        if (busy.has(key) && scripts.has(name)) busy.set(key, busy.get(key) + dur)
    }
    const [main] = [...busy].sort((a, b) => b[1] - a[1])[0]
    const of = events.filter(({ pid, tid, ph }) => `${pid} ${tid}` === main && ph === 'X').sort((a, b) => a.ts - b.ts || b.dur - a.dur)
    const outermost = []
    let until = -Infinity
    for (const event of of) {
        if (!scripts.has(event.name) || event.ts < until) continue
        outermost.push(event)
        until = event.ts + event.dur
    }
    const tasks = of.filter(({ name }) => name === 'RunTask' || name === 'ThreadControllerImpl::RunTask')
    return { outermost, tasks }
}

const cpuMs = ({ tdur, dur }) => (tdur ?? dur) / 1000

function perUpdate(events) {
    const first = events[0]?.ts ?? 0
    const sums = new Map()
    for (const event of events) {
        const slot = Math.floor((event.ts - first) / 1000 / updateMs)
        sums.set(slot, (sums.get(slot) ?? 0) + cpuMs(event))
    }
    return [...sums.values()].sort((a, b) => a - b)
}

const percentile = (sorted, of) => Math.round((sorted[Math.min(sorted.length - 1, Math.ceil((of / 100) * sorted.length) - 1)] ?? 0) * 10) / 10

async function heapMb(session) {
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    return Math.round(usedSize / 1e5) / 10
}

const crowds = ['--routers', '4', '--devices', '4000', '--backlog-hours', '1', '--liveliness', process.env.VIVI_LIVELINESS ?? '8']
const event = ['--large', '--large-devices', '5000']
const product = await startProduct(...(process.env.VIVI_EVENT ? event : crowds))
const browser = await launch()
try {
    const page = await newPage(browser)
    const changes = { devices: 0, messages: 0 }
    page.on('websocket', socket =>
        socket.on('framereceived', ({ payload }) => {
            const devices = /"deviceChanged"/.test(payload) ? JSON.parse(payload).payload?.data?.deviceChanged?.devices : undefined
            if (devices) {
                changes.messages += 1
                changes.devices += devices.length
            }
        })
    )
    await signIn(page, product)
    const known = await page.waitForFunction(() => Number(document.querySelector('[data-testid=device-count]')?.dataset.count) >= 5_000 && Number(document.querySelector('[data-testid=device-count]').dataset.count), undefined, { timeout: 60_000 }).then(handle => handle.jsonValue())
    await page.mouse.move(0, 0)
    const session = await page.context().newCDPSession(page)
    const settled = await heapMb(session)
    Object.assign(changes, { devices: 0, messages: 0 })
    const { outermost, tasks } = mainThread(await trace(session, traceSeconds))
    const aSecond = Math.round(changes.devices / traceSeconds)
    const updates = perUpdate(outermost)
    const longest = Math.round(Math.max(0, ...tasks.map(cpuMs)))
    const heaps = []
    for (let left = minutes * 60 - traceSeconds; left > 0; left -= 30) {
        await new Promise(done => setTimeout(done, Math.min(left, 30) * 1000))
        heaps.push(await heapMb(session))
    }
    console.error(`${known} devices, ${aSecond} changes a second in ${changes.messages} messages; heap MB: ${[settled, ...heaps].join(' ')}`)
    report('dashboard: devices known', known, 'devices', 5000, known >= 5000)
    report('dashboard: device changes received', aSecond, 'a second', 500, aSecond >= 500)
    report(`dashboard: script per update p50 of ${updates.length}`, percentile(updates, 50), 'ms', null, null)
    report(`dashboard: script per update p95 of ${updates.length}`, percentile(updates, 95), 'ms', 20, percentile(updates, 95) <= 20)
    report('dashboard: longest task', longest, 'ms', 100, longest <= 100)
    // The first minute still fills caches of formats and strings; from then on it may not grow.
    const [from, to] = [heaps[1] ?? heaps[0] ?? settled, heaps.at(-1) ?? settled]
    report(`dashboard: heap growth over ${minutes} min`, Math.round((to - from) * 10) / 10, 'MB', 2, to - from <= 2)
} finally {
    await browser.close()
    product.stop()
}
process.exitCode = failed ? 1 : 0
