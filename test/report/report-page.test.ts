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
async function report(): Promise<string> {
  const plant = generatePlant({ rows: 2500, channels: 6, seed: 4, faults: 4 })
  const channels = plant.train.channels.map((name, c) => (c === 2 ? HOSTILE : name))
  const [train, test] = [plant.train, plant.test].map(frame => ({ ...frame, channels }))
  const model = await trainModel(train, { detector: 'pca-q' })
  const detection = await detect(model, test)
  const explanations = await explainEvents(model, detection, detection.events)
  return runReportHtml({
    title: 'plant </script><script>alert(1)</script>',
    model: model.info,
    detection,
    explanations,
    calibration: Float32Array.of(0.2, 0.5, 1.1),
    bands: await channelBands(model, detection, detection.events),
    labels: plant.labels,
    health: viewHealth({ file: 'plant', frame: test, health: validateFrame(test).health }),
    drift: model.reference && checkDrift(model.reference, test),
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
