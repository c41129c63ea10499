// Measures the page of a large report in headless Chromium: time until the first lanes are drawn, and frames per second while it is zoomed.
// node bench/report.mjs REPORT.html
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readArguments } from '../scripts/arguments.mjs'
import { CHROMIUM, openPage } from './chromium.mjs'

const FRAMES = 120
const [report] = readArguments(import.meta, {}, [1, 1]).positionals
const address = pathToFileURL(resolve(report)).href
const page = await openPage(CHROMIUM, address)
const drawn = "document.querySelectorAll('.lane canvas').length >= 5"
const shownMs = await page.evaluate(
  `new Promise(done => { const wait = () => ${drawn} ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(wait); wait() })`,
)
const frames = await page.evaluate(`new Promise(done => {
  const lanes = document.querySelector('.timeline-lanes')
  lanes.scrollIntoView()
  const times = []
  const step = now => {
    times.push(now)
    if (times.length > ${FRAMES}) return done(times)
    const box = lanes.getBoundingClientRect()
    lanes.dispatchEvent(new WheelEvent('wheel', { deltaY: times.length % 60 < 30 ? -40 : 40, ctrlKey: true, cancelable: true, clientX: box.left + 500, clientY: 300 }))
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})`)
const lengths = frames
  .slice(1)
  .map((time, k) => time - frames[k])
  .sort((a, b) => a - b)
const mean = lengths.reduce((sum, ms) => sum + ms, 0) / lengths.length
console.log({
  shownMs: Math.round(shownMs),
  framesPerSecond: Math.round(1000 / mean),
  medianFrameMs: Number(lengths[lengths.length >> 1].toFixed(1)),
  p95FrameMs: Number(lengths[Math.floor(lengths.length * 0.95)].toFixed(1)),
})
await page.close()
