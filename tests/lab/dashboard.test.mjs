// A real packet reaches the browser and a click reaches the kernel: real DHCP clients, real downloads, a real browser.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { banStateOf, bytesOf, clickBan, clickUnban, findRow, goTo, launch, nameOf, newPage, signIn } from '../web/browser.mjs'
import { Lab, until } from './lab.mjs'

let lab
let browser
let page
before(async () => {
    lab = await Lab.start('--idle', '--guests', '3')
    browser = await launch()
    page = await newPage(browser)
    await signIn(page, lab)
})
after(async () => {
    await browser?.close()
    await lab?.stop()
})

test('a guest that joins with dhclient is in the browser within 3 s', async () => {
    const mac = await lab.mac(1)
    await until('the router has its configuration', 30_000, async () => (await lab.health('bridged')).applied_revision > 0)
    await lab.join(1)
    await findRow(page, mac, 3000)
})

test('what it fetches shows its name, and a byte count within the header overhead of what curl received', async () => {
    const mac = await lab.mac(1)
    const fetched = await lab.fetch(1, 'https://cdn.vapor.example/video')
    assert.equal(fetched.code, 200)
    await goTo(page, 'now')
    await nameOf(page, 'cdn.vapor.example').waitFor({ timeout: 15_000 })
    await goTo(page, 'devices')
    const payload = fetched.bytes + fetched.header
    const counted = await until('its bytes are stored', 15_000, async () => {
        const [[bytes]] = await lab.sql(`select coalesce(sum(bytes_down), 0) from traffic where mac = '${mac}' and name = 'cdn.vapor.example'`)
        return Number(bytes) >= payload && Number(bytes)
    })
    // TLS records add 22 bytes per 16 KiB, IP and TCP headers 52 per packet; a veth hands over packets of 1,500 bytes or larger.
    assert.ok(counted <= payload * 1.06 + 20_000, `${counted} counted for ${payload} received`)
    await until('the row says so too', 5000, async () => (await bytesOf(page, mac)).down >= payload)
})

/** Bytes a running download has received, by the size of its growing file. */
function download(guest) {
    const child = lab.spawnOn(`guest${guest}`, 'curl', '--silent', '--no-buffer', '--cacert', `${lab.state}/ca.crt`, 'https://video.tubular.example/slow')
    const progress = { bytes: 0, lastAt: 0, child }
    child.stdout.on('data', data => {
        progress.bytes += data.length
        progress.lastAt = Date.now()
    })
    return progress
}

test('a ban stops the established download and new connections within 1 s of the click, another guest is unaffected, an unban undoes it', async () => {
    await lab.join(2)
    const mac = await lab.mac(1)
    const banned = download(1)
    const other = download(2)
    await until('both downloads run', 15_000, () => banned.bytes > 200_000 && other.bytes > 200_000)

    const clickedAt = Date.now()
    await clickBan(page, mac)
    await banStateOf(page, mac, ['IN_FORCE'])
    await until('a second has passed since the click', 2000, () => Date.now() - clickedAt > 1000)
    assert.ok(banned.lastAt - clickedAt <= 1000, `data came ${banned.lastAt - clickedAt} ms after the click`)
    const frozen = banned.bytes
    const othersBytes = other.bytes
    await assert.rejects(lab.fetch(1, 'https://www.lookfor.example/small', '--connect-timeout', '2'), 'new connections fail')
    assert.equal(banned.bytes, frozen, 'the established download stands still')
    await until('the other guest still downloads', 5000, () => other.bytes > othersBytes)

    await clickUnban(page, mac)
    await banStateOf(page, mac, ['NONE'])
    const again = await until('it works again', 20_000, () => lab.fetch(1, 'https://www.lookfor.example/small'))
    assert.equal(again.code, 200)
    banned.child.kill()
    other.child.kill()
})
