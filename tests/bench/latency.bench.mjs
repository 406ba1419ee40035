// Packet to browser and click to kernel, measured in the lab with a real browser and a real guest.
// SPDX-License-Identifier: Apache-2.0
//
// Both ends of each measure are on this machine and read the same clock. There is no peer: nothing comparable runs here.
import { createInterface } from 'node:readline'

import { banStateOf, clickUnban, findRow, launch, newPage, signIn } from '../web/browser.mjs'
import { Lab, until } from '../lab/lab.mjs'

const payload = 1000 // Bytes: more than what a guest says by itself meanwhile.
const samples = Number(process.env.VIVI_SAMPLES ?? 60)

function report(measure, values, target) {
    console.error(`${measure}, ms, in order: ${values.join(' ')}`)
    const sorted = [...values].sort((a, b) => a - b)
    for (const percentile of [50, 95, 99]) {
        const value = sorted[Math.min(sorted.length - 1, Math.ceil((percentile / 100) * sorted.length) - 1)]
        const isTarget = percentile === 99
        console.log(
            JSON.stringify({
                measure: `${measure} p${percentile} of ${sorted.length}`, value, unit: 'ms', peer: null, peer_value: null, ratio: null,
                target: isTarget ? target : null, met: isTarget ? value <= target : null
            })
        )
    }
}

/** Milliseconds from a guest's packet to the change of its row on the page. */
async function packetToBrowser(lab, page, mac) {
    const values = []
    for (let i = 0; i < samples; i++) {
        // Wait in the page until the row has grown by this packet, then send; the moment within pcapd's tick is random.
        const changed = page.evaluate(
            ([wanted, bytes]) =>
                new Promise((done, fail) => {
                    const rowsUp = () => Number(document.querySelector(`[data-testid=device-row][data-mac="${wanted}"]`)?.dataset.bytesUp)
                    const before = rowsUp()
                    const give = setTimeout(() => fail(new Error('the row did not change within 10 s')), 10_000)
                    const look = () => {
                        if (!(rowsUp() - before >= bytes)) return requestAnimationFrame(look)
                        clearTimeout(give)
                        done(Date.now())
                    }
                    look()
                }),
            [mac, payload]
        )
        const wait = Math.random() * 250
        await new Promise(done => setTimeout(done, wait))
        const sentAt = Date.now()
        await lab.on('guest1', 'bash', '-c', `head -c ${payload} /dev/zero >/dev/udp/198.18.0.1/9`)
        values.push((await changed) - sentAt)
    }
    return values
}

/** Milliseconds from the click to the last packet that a banned guest got an answer to. */
async function clickToKernel(lab, page, mac) {
    const values = []
    for (let i = 0; i < Math.ceil(samples / 2); i++) {
        const ping = lab.spawnOn('guest1', 'ping', '-D', '-n', '-i', '0.005', '198.51.100.1')
        let lastReply = 0
        createInterface({ input: ping.stdout }).on('line', line => {
            const at = /^\[(\d+\.\d+)\].*bytes from/.exec(line)
            if (at) lastReply = Number(at[1]) * 1000
        })
        await until('pings are answered', 10_000, () => Date.now() - lastReply < 50)
        const row = await findRow(page, mac)
        await row.locator('[data-testid=ban-button][data-action=ban]').click()
        const confirm = page.getByTestId('ban-confirm')
        await confirm.waitFor()
        // The click's own time, as the page sees it.
        const clickedAt = page.evaluate(() => new Promise(done => addEventListener('click', () => done(Date.now()), { once: true, capture: true })))
        await confirm.click()
        await banStateOf(page, mac, ['IN_FORCE'])
        await until('pings are no longer answered', 10_000, () => Date.now() - lastReply > 300)
        ping.kill()
        values.push(Math.max(0, Math.round(lastReply - (await clickedAt))))
        await clickUnban(page, mac)
        await banStateOf(page, mac, ['NONE'])
    }
    return values
}

const lab = await Lab.start('--idle', '--guests', '1')
const browser = await launch()
try {
    const page = await newPage(browser)
    await signIn(page, lab)
    const mac = await lab.mac(1)
    await lab.join(1)
    await findRow(page, mac, 10_000)
    // Not the start of the event, where RabbitMQ is still booting: the router as it is for the rest of the day.
    await until('the router is whole', 60_000, async () => (await lab.health('bridged')).applied_revision > 0)
    await until('the router knows that somebody looks', 30_000, async () => (await lab.health('pcapd')).watched)
    report('packet to browser', await packetToBrowser(lab, page, mac), 1500)
    report('click to kernel', await clickToKernel(lab, page, mac), 500)
} finally {
    await browser.close()
    await lab.stop()
}
