import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BrowserPage, CHROMIUM, openPage } from '../../../bench/chromium.mjs'
import { type PlantServer, startPlant } from '../../../bench/page/plant-server.mjs'

const FOLDER = 'dist/serve/page'
const MOST_BYTES = 150_000
const LIMIT_MS = 30_000
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe('the files of the page', () => {
  const files = readdirSync(FOLDER)
  const text = (name: string) => readFileSync(join(FOLDER, name), 'utf8')

  it(`are below ${MOST_BYTES / 1000} kB in total, compressed`, () => {
    const bytes = files.map(name => gzipSync(readFileSync(join(FOLDER, name))).length)
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES)
  })

  it('have no inline script or style, so that the policy of the server lets them run', () => {
    expect(text('index.html')).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/)
  })

  it('name no other origin but the namespace of SVG', () => {
    const addresses = files.flatMap(name => text(name).match(/https?:\/\/[\w.]+/g) ?? [])
    expect([...new Set(addresses)].filter(one => one !== 'http://www.w3.org')).toEqual([])
  })
})

/** Waits for an expression to be true in the page. */
async function until(page: BrowserPage, expression: string): Promise<void> {
  const limit = Date.now() + LIMIT_MS
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > limit)
      throw new Error(`not reached: ${expression}\n${await page.evaluate('document.body.innerText')}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
const has = (text: string) => `document.body.innerText.includes(${JSON.stringify(text)})`
const visit = (page: BrowserPage, hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`)

const KEYS: Record<string, { code: string; key: string; windowsVirtualKeyCode: number; text?: string }> = {
  Tab: { code: 'Tab', key: 'Tab', windowsVirtualKeyCode: 9 },
  Space: { code: 'Space', key: ' ', windowsVirtualKeyCode: 32, text: ' ' },
  Enter: { code: 'Enter', key: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Down: { code: 'ArrowDown', key: 'ArrowDown', windowsVirtualKeyCode: 40 },
}
async function press(page: BrowserPage, name: keyof typeof KEYS) {
  await page.send('Input.dispatchKeyEvent', { type: 'keyDown', ...KEYS[name] })
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...KEYS[name] })
}
/** Tab until the element with the focus matches. */
async function tabTo(page: BrowserPage, selector: string) {
  for (let k = 0; k < 60; k++) {
    if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return
    await press(page, 'Tab')
  }
  throw new Error(`the Tab key does not reach ${selector}`)
}

describe.skipIf(CHROMIUM === undefined)('the page in a browser (skipped where there is no Chromium)', () => {
  let server: PlantServer
  let page: BrowserPage
  const open = () => server.world.plant[0].events.at(-1)!
  const failures = () =>
    page.events.filter(
      ({ method, params }) =>
        method === 'Runtime.exceptionThrown' ||
        (method === 'Log.entryAdded' && /Content Security Policy/.test(JSON.stringify(params))),
    )
  beforeAll(async () => {
    server = await startPlant({ devices: 30 })
    page = await openPage(CHROMIUM as string, server.address)
    await until(page, 'document.querySelectorAll(".lane").length === 30')
  })
  afterAll(async () => {
    await page?.close()
    await server?.close()
  })

  it('opens with all devices as swim lanes, those in alarm first', async () => {
    await visit(page, '#/')
    await until(page, has('3 devices in alarm'))
    const names = await page.evaluate<string[]>(
      '[...document.querySelectorAll(".lane b")].slice(0, 3).map(one => one.textContent)',
    )
    const alarms = server.world.plant.filter(({ events }) => events.some(({ state }) => state === 'open'))
    expect(names.sort()).toEqual(alarms.map(({ name }) => name).sort())
  })

  it('opens more often than a browser has connections: a page that was left gives its own back', async () => {
    for (let visits = 0; visits < 8; visits++) {
      await page.send('Page.navigate', { url: 'about:blank' })
      await page.send('Page.navigate', { url: server.address })
      await until(page, 'document.querySelectorAll(".lane").length === 30')
    }
  })

  it('filters by the address, which is a deep link', async () => {
    await visit(page, '#/?q=pump&status=ok')
    await until(page, 'document.querySelectorAll(".lane").length === 5')
    expect(await page.evaluate('document.querySelector("input[type=search]").value')).toBe('pump')
    await visit(page, '#/')
    await until(page, 'document.querySelectorAll(".lane").length === 30')
  })

  it('shows in the lanes what is sent after it was opened', async () => {
    const device = server.world.plant[1]
    const event = { ...open(), id: `${device.id}:new`, device: device.id }
    const { cause: _, ...sent } = event as typeof event & { cause: unknown }
    server.emit('event', { change: 'opened', event: sent })
    await until(page, has('4 devices in alarm'))
  })

  it('draws a device live: the newest reading follows the stream', async () => {
    await visit(page, '#/devices/plant%3Apump-1?span=2')
    await until(page, 'document.querySelectorAll(".chart canvas").length >= 4')
    const reading = 'document.querySelector(".chart:nth-child(2) output").textContent'
    const before = await page.evaluate<string>(reading)
    await until(page, `${reading} !== ${JSON.stringify(before)}`)
  })

  it('opens an event from its deep link with channels in the order in which they left their bands', async () => {
    await visit(page, `#/events/${encodeURIComponent(open().id)}`)
    await until(page, 'document.querySelectorAll(".order tbody tr").length === 6')
    expect(
      await page.evaluate(
        '[...document.querySelectorAll(".order tbody th")].slice(0, 2).map(one => one.textContent)',
      ),
    ).toEqual(['bearing_temp', 'vibration'])
    expect(await page.evaluate('document.querySelector(".lead").textContent')).toBe(open().sentence)
  })

  it('takes feedback by the keyboard alone: verdict, preview, save, undo', async () => {
    await page.evaluate('document.getElementById("content").focus()')
    await tabTo(page, 'input[name=verdict]')
    await press(page, 'Space')
    await press(page, 'Down')
    await until(page, 'document.querySelector("input[value=false-alarm]").checked')
    await until(page, has('Would have removed'))
    await tabTo(page, '.feedback button[type=submit]')
    await press(page, 'Enter')
    await until(page, has('Saved: False alarm.'))
    expect(open().feedback).toMatchObject({ verdict: 'false-alarm', radius: 0.25 })
    await until(page, 'document.activeElement.textContent === "Undo"')
    await press(page, 'Enter')
    await until(page, has('Feedback removed'))
    expect(open().feedback).toBeNull()
    await until(page, 'document.activeElement.matches("input[name=verdict]")')
  })

  it('compares two versions and promotes one', async () => {
    await visit(page, '#/models/pump?version=3&base=1')
    await until(page, has('5 facts differ'))
    await page.evaluate(`{
      const files = new DataTransfer()
      files.items.add(new File(['time,vibration\\n2026-01-01T00:00:00Z,1\\n2026-01-01T00:01:00Z,2\\n'], 'week.csv'))
      const input = document.querySelector('input[type=file]')
      input.files = files.files
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }`)
    await until(page, has('3 events: 1 by both, 1 by both at other times, 1 by version 1 only'))
    expect(await page.evaluate(has('1 column is left out, which the model does not know: operator'))).toBe(
      true,
    )
    await page.evaluate(
      '[...document.querySelectorAll("button")].find(one => one.textContent === "Change from version 2").click()',
    )
    await until(page, has('champion is version 3 now.'))
  })

  it('starts a training and follows it to its end', async () => {
    await visit(page, '#/training')
    await until(page, 'document.querySelector(".row select option")?.value.startsWith("dataset")')
    await page.evaluate(
      '{ const input = document.querySelector("input[required]"); input.value = "pump"; input.dispatchEvent(new Event("input", { bubbles: true })) }',
    )
    await page.evaluate('new Promise(requestAnimationFrame)')
    await page.evaluate('document.querySelector(".row button").click()')
    await until(page, 'document.querySelector("progress")')
    await until(
      page,
      '!document.querySelector("progress") && document.querySelectorAll(".job-done").length === 3',
    )
  })

  it('shows a problem with its remedy, and no page for an unknown address', async () => {
    await visit(page, '#/devices/plant%3Anone')
    await until(page, has('There is no device "plant:none".'))
    expect(await page.evaluate(has('List what there is'))).toBe(true)
    await visit(page, '#/nowhere')
    await until(page, has('There is no such page'))
  })

  const views: [name: string, hash: () => string, ready: string][] = [
    ['overview', () => '#/', 'document.querySelectorAll(".lane").length === 30'],
    ['device', () => '#/devices/plant%3Apump-1', 'document.querySelector(".chart canvas")'],
    ['events', () => '#/events', 'document.querySelector(".event-list a")'],
    [
      'event',
      () => `#/events/${encodeURIComponent(open().id)}`,
      'document.querySelectorAll(".order tr").length > 2',
    ],
    ['models', () => '#/models', has('Newest')],
    ['model', () => '#/models/pump?version=3&base=1', has('Version 1 and version 3')],
    ['training', () => '#/training', 'document.querySelector(".jobs li")'],
    ['evaluation', () => '#/evaluations/e1', has('Labelled events')],
    ['key', () => '#/key', has('Use this key')],
  ]
  it.each(views.flatMap(view => [[...view, 'light', 1440] as const, [...view, 'dark', 390] as const]))(
    'has no serious fault of accessibility: %s',
    async (_, hash, ready, theme, width) => {
      await page.send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: theme }],
      })
      await page.send('Emulation.setDeviceMetricsOverride', {
        width,
        height: 900,
        deviceScaleFactor: 1,
        mobile: false,
      })
      await visit(page, hash())
      await until(page, ready)
      await page.evaluate(AXE)
      const found = await page.evaluate<{ id: string; impact: string; targets: string[] }[]>(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, targets: nodes.slice(0, 3).map(node => node.target.join(' ') + ' ' + node.failureSummary) })))`,
      )
      expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(await page.evaluate(has('INTERNAL'))).toBe(false)
    },
  )

  it('raised no exception, broke no rule of the policy, and asked no other origin', () => {
    expect(failures()).toEqual([])
    const origin = new URL(server.address).origin
    const asked = page.events
      .filter(({ method }) => method === 'Network.requestWillBeSent')
      .map(({ params }) => new URL((params.request as { url: string }).url).origin)
    expect(new Set(asked)).toEqual(new Set([origin]))
  })
})

describe.skipIf(CHROMIUM === undefined)(
  'the page without a key or a server (skipped where there is no Chromium)',
  () => {
    it('asks for a key, takes it from the address and removes it there', async () => {
      const server = await startPlant({ devices: 5, key: 'k-123' })
      const page = await openPage(CHROMIUM as string, server.address)
      try {
        await until(page, has('The request has no valid API key.'))
        expect(await page.evaluate('document.querySelector(".notice a").getAttribute("href")')).toBe('#/key')
        expect(await page.evaluate('document.querySelector(".connection").innerText')).toBe('Key needed')
        await page.send('Page.navigate', { url: 'about:blank' })
        await page.send('Page.navigate', { url: `${server.address}#key=k-123` })
        await until(page, 'document.querySelectorAll(".lane").length === 5')
        expect(await page.evaluate('location.hash')).toBe('#/')
        expect(await page.evaluate('document.querySelector(".connection").innerText')).toBe('Connected')
        expect(await page.evaluate('sessionStorage.getItem("telltale-key")')).toBe('k-123')
      } finally {
        await page.close()
        await server.close()
      }
    })

    it('keeps what it has loaded when the server stops, and connects again by itself', async () => {
      const server = await startPlant({ devices: 5 })
      const page = await openPage(CHROMIUM as string, server.address)
      let second: PlantServer | undefined
      try {
        await until(page, 'document.querySelectorAll(".lane").length === 5')
        await server.close()
        await until(page, has('The server does not answer.'))
        await visit(page, '#/key')
        await visit(page, '#/')
        await until(page, 'document.querySelectorAll(".lane").length === 5')
        second = await startPlant({ devices: 5, port: server.port })
        await until(page, `!${has('The server does not answer.')}`)
      } finally {
        await page.close()
        await second?.close()
      }
    })
  },
)
