// Measures the live page in headless Chromium: size, time to open 200 devices x 7 days, and the load of the main thread at 50 samples/s.
// npm run build && node bench/page/run.mjs
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { readArguments } from '../../scripts/arguments.mjs'
import { CHROMIUM, openPage } from '../chromium.mjs'
import { startPlant } from './plant-server.mjs'

readArguments(import.meta)
const FOLDER = 'dist/serve/page'
const RUNS = 7
const DEVICES = 200
const LIVE_MS = 20_000

/** Notes when all lanes are on the screen: two frames after the last one is in the page. */
const WATCH = `new MutationObserver((_, watcher) => {
  if (document.querySelectorAll('.lane').length < ${DEVICES}) return
  watcher.disconnect()
  requestAnimationFrame(() => requestAnimationFrame(() => { globalThis.openedMs = performance.now() }))
}).observe(document, { childList: true, subtree: true })`

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

async function until(page, expression) {
  for (;;) {
    const value = await page.evaluate(expression)
    if (value) return value
    await pause(20)
  }
}

async function opens(server) {
  const page = await openPage(CHROMIUM, 'about:blank')
  await page.send('Page.addScriptToEvaluateOnNewDocument', { source: WATCH })
  await page.send('Performance.enable')
  const times = []
  for (let run = 0; run < RUNS; run++) {
    await page.send('Page.navigate', { url: 'about:blank' })
    await page.send('Page.navigate', { url: server.address })
    const wallMs = await until(page, 'globalThis.openedMs')
    const { metrics } = await page.send('Performance.getMetrics')
    const { value } = metrics.find(({ name }) => name === 'ThreadTime')
    times.push({ wallMs, threadMs: 1000 * value })
  }
  await page.close()
  return times
}

async function busy(server, span) {
  const page = await openPage(CHROMIUM, `${server.address}#/devices/plant%3Apump-1?span=${span}`)
  await until(page, 'document.querySelectorAll(".chart canvas").length > 3')
  await page.send('Performance.enable')
  const metrics = async () =>
    Object.fromEntries(
      (await page.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]),
    )
  await pause(2000)
  const before = await metrics()
  await pause(LIVE_MS)
  const after = await metrics()
  await page.close()
  const share = name => (after[name] - before[name]) / (after.Timestamp - before.Timestamp)
  return { task: share('TaskDuration'), script: share('ScriptDuration'), thread: share('ThreadTime') }
}

if (CHROMIUM === undefined) throw new Error('no Chromium')
const bytes = readdirSync(FOLDER).map(name => gzipSync(readFileSync(join(FOLDER, name))).length)
console.log(`size           ${(bytes.reduce((a, b) => a + b) / 1000).toFixed(1)} kB gzip, limit 150 kB`)
const server = await startPlant({ devices: DEVICES, days: 7 })
const times = await opens(server)
const text = values => `median ${median(values).toFixed(0)} ms, worst ${Math.max(...values).toFixed(0)} ms`
const events = server.world.plant.flatMap(one => one.events).length
console.log(
  `opens          ${text(times.map(({ wallMs }) => wallMs))} of ${RUNS}: ${DEVICES} devices x 7 days, ${events} events; limit 1000 ms`,
)
console.log(`               its thread: ${text(times.map(({ threadMs }) => threadMs))} of a processor`)
for (const span of [2, 120]) {
  const { task, script, thread } = await busy(server, span)
  const percent = share => `${(100 * share).toFixed(1)} %`
  console.log(
    `live, ${String(span).padStart(3)} min  main thread ${percent(task)} in tasks (${percent(script)} in scripts, ${percent(thread)} of a processor): 6 channels, 50 samples/s; limit 30 %`,
  )
}
await server.close()
