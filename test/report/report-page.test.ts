import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, openPage } from '../../bench/chromium.mjs'
import { checkDrift } from '../../src/drift/index.js'
import { channelBands, explainEvents } from '../../src/explain/index.js'
import { detect, trainModel } from '../../src/pipeline/index.js'
import { runReportHtml, viewHealth } from '../../src/report/index.js'
import { generatePlant } from '../../src/simulate/index.js'
import { validateFrame } from '../../src/validate/index.js'

const HOSTILE = '<img src=x onerror=alert(1)>\u001b[31m'

/** A report on a plant, one of whose channels has markup in its name. */
async function report({ timeZone, moved = 0 }: { timeZone?: string; moved?: number } = {}): Promise<string> {
  const plant = generatePlant({ rows: 2500, channels: 6, seed: 4, faults: 4 })
  if (moved > 0) for (let k = 0; k < plant.test.values.length; k++) plant.test.values[k] += moved
  const channels = plant.train.channels.map((name, c) => (c === 2 ? HOSTILE : name))
  const [train, test] = [plant.train, plant.test].map(frame => ({ ...frame, channels }))
  const model = await trainModel(train, { detector: 'pca-q' })
  const detection = await detect(model, test)
  const explained = await explainEvents(model, detection, detection.events)
  const nothing = { kind: 'unclear', verdict: 'unclear', reason: 'none of the known kinds fits' } as const
  const explanations = explained.map((one, k) => (k === 0 ? { ...one, ...nothing } : one))
  return runReportHtml({
    title: 'plant </script><script>alert(1)</script>',
    model: { ...model, detector: { ...model.detector, fewestSamples: 150 } },
    detection,
    explanations,
    calibration: Float32Array.of(0.2, 0.5, 1.1),
    bands: await channelBands(model, detection, detection.events),
    labels: plant.labels,
    health: viewHealth({ file: 'plant', frame: test, health: validateFrame(test).health }),
    drift: model.reference && checkDrift(model.reference, test),
    timeZone,
  })
}

describe('the report on a scored table', () => {
  let html: string
  let folder: string
  let address: string
  beforeAll(async () => {
    html = await report()
    folder = mkdtempSync(join(tmpdir(), 'telltale-report-'))
    const file = join(folder, 'report.html')
    writeFileSync(file, html)
    address = pathToFileURL(file).href
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('loads nothing, and runs only what its policy names by hash', () => {
    expect(html).toContain("default-src 'none'; style-src 'sha256-")
    expect(html).not.toContain('unsafe-inline')
    expect(html.match(/<script>/g)).toHaveLength(3)
    expect(html).not.toContain('<img src=x')
    const tags = html.replace(/<script[\s\S]*?<\/script>/g, '').replace(/"[^"]*"/g, '""')
    expect(tags).not.toMatch(/<[^>]*\s(?:style|src|href|on[a-z]+)=/)
  })

  it('lists the channels that explain an event, then the others by their shares', () => {
    const plots = [...html.matchAll(/aria-label="Share in the score[\s\S]*?<\/svg>/g)].map(([plot]) => plot)
    expect(plots.length).toBeGreaterThan(1)
    for (const plot of plots) {
      const marked = [...plot.matchAll(/class="bar( marked)?"/g)].map(([, mark]) => mark !== undefined)
      const shares = [...plot.matchAll(/>([\d.]+) %</g)].map(([, share]) => Number(share))
      expect(marked).toEqual([...marked].sort((a, b) => Number(b) - Number(a)))
      const others = shares.slice(marked.filter(Boolean).length)
      expect(others).toEqual([...others].sort((a, b) => b - a))
    }
  })

  it('says of the model how many samples come before the first score', () => {
    expect(html).toContain('<th scope="row">first score</th><td class="words">after 149 samples (2 h 29 min)')
  })

  it('counts shares of the scored samples, and says where most of the data are in events', async () => {
    expect(html).not.toContain('events last for more than half')
    const moved = await report({ moved: 1000 })
    const header = /<dt>above the threshold<\/dt><dd>([^<]*)<\/dd>/.exec(moved)?.[1]
    const below = /these data<\/th><td class="number">\d+<\/td><td class="number">([^<]*)</.exec(moved)?.[1]
    expect(header).toBe(below)
    expect(moved).toContain('Events last for more than half of the scored samples')
    expect(moved).toContain('<code>telltale drift check</code>')
  })

  it('shows the times of a zone, which it names', async () => {
    expect(html).toContain('>start (UTC)</th>')
    const local = await report({ timeZone: 'Asia/Tokyo' })
    const from = (page: string) =>
      Date.parse(/<dt>from[^<]*<\/dt><dd><span class="time">([^<]*)</.exec(page)?.[1] ?? '')
    expect(from(local) - from(html)).toBe(9 * 3_600_000)
    expect(local).toContain('>start (Asia/Tokyo)</th>')
    expect(local).toContain('"clock":{"zone":"Asia/Tokyo","offsets":[[')
    expect(local).toContain('When scores are high (Asia/Tokyo)')
    expect(local).not.toContain('(UTC)')
  })

  it('says once that nothing is clear about an event', () => {
    expect(html).toContain('unclear</b>: none of the known kinds fits')
    expect(html).not.toMatch(/unclear<\/b>[^<]*unclear/)
    expect(html).not.toMatch(/unclear<\/b><br>/)
  })

  it.skipIf(CHROMIUM === undefined)('is printed dark on white, also where the screen is dark', async () => {
    const page = await openPage(CHROMIUM as string, address, { dark: true })
    const shades = () =>
      page.evaluate<string[]>(
        "['body', 'h1', 'button'].map(name => { const style = getComputedStyle(document.querySelector(name)); return name === 'body' ? style.backgroundColor : name === 'h1' ? style.color : style.display })",
      )
    try {
      const onScreen = await shades()
      await page.send('Emulation.setEmulatedMedia', {
        media: 'print',
        features: [{ name: 'prefers-color-scheme', value: 'dark' }],
      })
      const [paper, ink, button] = await shades()
      expect([paper, button]).toEqual(['rgb(255, 255, 255)', 'none'])
      expect(ink).not.toBe(onScreen[1])
      // Charts are drawn before the style of the print holds.
      await page.send('Emulation.setEmulatedMedia', {
        media: 'screen',
        features: [{ name: 'prefers-color-scheme', value: 'dark' }],
      })
      await page.evaluate("dispatchEvent(new Event('beforeprint'))")
      expect((await shades())[1]).toBe(ink)
      await page.evaluate("dispatchEvent(new Event('afterprint'))")
      expect((await shades())[1]).toBe(onScreen[1])
    } finally {
      await page.close()
    }
  })

  it.skipIf(CHROMIUM === undefined)(
    'draws its lanes, zooms by keyboard, and has nothing serious that axe finds, light and dark, wide and narrow',
    async () => {
      const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
      for (const size of [1440, 390].flatMap(width => [false, true].map(dark => ({ width, dark })))) {
        const page = await openPage(CHROMIUM as string, address, size)
        try {
          // Nothing is cut off at the right, and a phone shows what happened without scrolling sideways.
          expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(size.width)
          const right =
            "Math.max(...[...document.querySelectorAll('.events .words')].map(cell => cell.getBoundingClientRect().right))"
          expect(await page.evaluate(right)).toBeLessThanOrEqual(size.width)
          await page.evaluate(
            "document.querySelector('.events .tag').textContent = 'correlation-break'; document.querySelector('.events .number').textContent = '1.0001'",
          )
          const hidden =
            "[...document.querySelectorAll('.wide:not(.overview)')].filter(box => box.scrollWidth > box.clientWidth).map(box => box.textContent.slice(0, 40))"
          expect(await page.evaluate(hidden)).toEqual([])
          const drawn = "document.querySelectorAll('.lane canvas').length"
          await page.evaluate(
            `new Promise(resolve => { const wait = () => ${drawn} >= 2 ? resolve() : requestAnimationFrame(wait); wait() })`,
          )
          const range = "document.querySelector('.timeline-range').textContent"
          const before = await page.evaluate<string>(range)
          await page.evaluate(
            "document.querySelector('.timeline-lanes').dispatchEvent(new KeyboardEvent('keydown', { key: '+' }))",
          )
          await page.evaluate(
            `new Promise(resolve => { const wait = () => ${range} !== ${JSON.stringify(before)} ? resolve() : requestAnimationFrame(wait); wait() })`,
          )
          await page.send('Runtime.evaluate', { expression: axe })
          const found = await page.evaluate<{ id: string; impact: string; nodes: number }[]>(
            'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(node => node.html.slice(0, 150)) })))',
          )
          expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
          const requests = page.events.filter(({ method }) => method === 'Network.requestWillBeSent')
          expect(requests.map(({ params }) => (params.request as { url: string }).url)).toEqual([address])
          expect(page.events.filter(({ method }) => method === 'Runtime.exceptionThrown')).toEqual([])
        } finally {
          await page.close()
        }
      }
    },
    240_000,
  )
})
