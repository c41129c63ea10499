// Draws docs/images/quick-start.svg: the quick start of the README, run on examples/data/mote-1.csv, with its scores and events.
// Run it after `npm run build` from the root of the project: node scripts/make-quick-start-picture.mjs
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments } from './arguments.mjs'

readArguments(import.meta)
const DATA = 'examples/data/mote-1.csv'
const OUT = 'docs/images/quick-start.svg'
const TRAIN_ROWS = 2200

const WIDTH = 860
const LEFT = 108
const RIGHT = 16
const ROW_HEIGHT = 96
const TOP = 34

function run(folder) {
  const telltale = (...args) =>
    execFileSync(process.execPath, ['dist/bin/telltale.js', ...args, '--no-config'], { stdio: 'pipe' })
  const [model, scores, events] = ['model', 'scores.csv', 'events.csv'].map(name => join(folder, name))
  telltale('train', DATA, '--rows', `:${TRAIN_ROWS}`, '--label-column', 'label', '--out', model)
  const files = ['--scores', scores, '--events', events]
  telltale('detect', DATA, '--rows', `${TRAIN_ROWS}:`, '--label-column', 'label', '--model', model, ...files)
  return { data: readRows(DATA), scores: readRows(scores), events: readRows(events) }
}

/** Rows of a CSV file without quotes, as objects. */
function readRows(path) {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])))
}

/** The smallest and the largest point of each pixel column, in time order: thousands of points would only make the file large. */
function thin(points, columnOf) {
  const columns = new Map()
  for (const point of points) {
    const key = Math.floor(columnOf(point[0]))
    columns.set(key, [...(columns.get(key) ?? []), point])
  }
  return [...columns.values()].flatMap(column => {
    const sorted = [...column].sort(([, a], [, b]) => a - b)
    return [...new Set([sorted[0], sorted[sorted.length - 1]])].sort(([a], [b]) => a - b)
  })
}

const numberOf = cell => (cell === '' ? Number.NaN : Number(cell))

function draw({ data, scores, events }) {
  const timeOf = row => Date.parse(row.time)
  const from = timeOf(data[0])
  const to = timeOf(data[data.length - 1])
  const x = time => (LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT - RIGHT)).toFixed(1)
  const band = (start, end, kind, top, height) =>
    `<rect class="${kind}" x="${x(start)}" y="${top}" width="${(x(end) - x(start)).toFixed(1)}" height="${height}"/>`
  const step = timeOf(data[1]) - from
  const bottom = TOP + 3 * ROW_HEIGHT
  const labelled = data.filter(({ label }) => label === '1').map(timeOf)
  const split = x(timeOf(data[TRAIN_ROWS]))

  const row = (k, name, points, lines = []) => {
    const values = [...points.map(([, value]) => value).filter(Number.isFinite), ...lines]
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const top = TOP + k * ROW_HEIGHT
    const y = value => (top + ROW_HEIGHT - 14 - ((value - low) / (high - low)) * (ROW_HEIGHT - 28)).toFixed(1)
    const path = thin(
      points.filter(([, value]) => Number.isFinite(value)),
      x,
    ).map(([time, value], i) => `${i === 0 ? 'M' : 'L'}${x(time)} ${y(value)}`)
    return [
      `<text class="name" x="${LEFT - 10}" y="${top + ROW_HEIGHT / 2 - 2}">${name[0]}</text>`,
      `<text class="unit" x="${LEFT - 10}" y="${top + ROW_HEIGHT / 2 + 12}">${name[1]}</text>`,
      ...lines.map(value => `<path class="threshold" d="M${split} ${y(value)}H${WIDTH - RIGHT}"/>`),
      ...lines.map(
        value => `<text class="unit" x="${Number(split) - 4}" y="${Number(y(value)) + 4}">threshold</text>`,
      ),
      `<path class="${k === 2 ? 'score' : 'reading'}" d="${path.join('')}"/>`,
    ]
  }
  const column = (rows, key) => rows.map(entry => [timeOf(entry), numberOf(entry[key])])
  const hours = Array.from({ length: 7 }, (_, h) => from + h * 3_600_000).filter(time => time <= to)

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 30}" role="img" aria-label="Readings and anomaly score of a sensor mote">`,
    '<style>',
    'text { font: 12px system-ui, sans-serif; fill: #444 } .name { text-anchor: end } .unit { text-anchor: end; font-size: 10px; fill: #777 }',
    'path { fill: none; stroke-width: 1.2 } .reading { stroke: #3566a8 } .score { stroke: #1c2430 }',
    '.threshold { stroke: #c0322b; stroke-dasharray: 4 3 } .history { fill: #eef2f7 } .event { fill: #f6c9a4 } .label { fill: #c0322b } .axis { stroke: #bbb }',
    '</style>',
    `<rect width="${WIDTH}" height="${bottom + 30}" fill="#fff"/>`,
    band(from, timeOf(data[TRAIN_ROWS]), 'history', TOP, bottom - TOP),
    ...events.map(({ start, end }) => band(Date.parse(start), Date.parse(end), 'event', TOP, bottom - TOP)),
    band(labelled[0], labelled[labelled.length - 1] + step, 'label', TOP - 5, 5),
    `<text x="${LEFT + 6}" y="20">history (training)</text>`,
    `<text x="${x(labelled[0])}" y="20">labelled disturbance (red), detected events (orange)</text>`,
    ...row(0, ['humidity', '%'], column(data, 'humidity')),
    ...row(1, ['temperature', '°C'], column(data, 'temperature')),
    ...row(2, ['score', '1.0 = threshold'], column(scores, 'score'), [1]),
    `<path class="axis" d="M${LEFT} ${bottom}H${WIDTH - RIGHT}"/>`,
    ...hours.map(
      time =>
        `<text x="${x(time)}" y="${bottom + 18}" text-anchor="middle">${new Date(time).toISOString().slice(11, 16)}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n')
}

const folder = mkdtempSync(join(tmpdir(), 'quick-start-'))
try {
  writeFileSync(OUT, draw(run(folder)))
  console.log(`wrote ${OUT}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
