import type { FitProgress } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import { formatBytes, formatNumber } from '../report/index.js'
import type { ProcessIo } from './io.js'

export const PROGRESS_MODES = ['auto', 'bar', 'table', 'json', 'none'] as const
export type ProgressMode = (typeof PROGRESS_MODES)[number]

export interface Progress {
  /** Of a search: trial `index`, counted from 0, of `count` begins. */
  trial(index: number, count: number): void
  fit(progress: FitProgress): void
  /** `bytes` of `totalBytes` are read. */
  read(rows: number, total: number, bytes: { bytes: number; totalBytes: number }): void
  /** `bytes` of `totalBytes` are read, where they are known. */
  score(done: number, total: number, bytes?: { bytes: number; totalBytes: number }): void
  /** Clears the line, so that results start on a fresh one. */
  finish(): void
}

/** Number of recent epochs from which the remaining time is estimated. */
const RECENT_EPOCHS = 5
const REDRAW_MS = 100
const BAR_WIDTH = 20

/** Progress on stderr: a line that is redrawn, a table of epochs, one JSON object per line, or nothing. */
export function createProgress(mode: ProgressMode, io: ProcessIo): Progress {
  const resolved = mode === 'auto' ? (io.isTerminal ? 'bar' : 'none') : mode
  if (resolved === 'json') return createJsonProgress(io)
  if (resolved === 'bar') return createBar(io)
  if (resolved === 'table') return createTable(io)
  return { trial() {}, fit() {}, read() {}, score() {}, finish() {} }
}

/** One line per epoch. */
function createJsonProgress(io: ProcessIo): Progress {
  const started = io.now()
  const forecast = createForecast(io)
  const print = (line: Record<string, unknown>) =>
    io.stderr(`${JSON.stringify({ ...line, elapsedMs: Math.round(io.now() - started) })}\n`)
  return {
    trial: (index, count) => print({ event: 'trial', trial: index, of: count }),
    fit(progress) {
      const { epoch, epochs, loss, validationLoss, epochEnd, round, rounds } = progress
      const remainingMs = forecast(progress)
      const trimming = rounds > 1 ? { round: round + 1, rounds } : {}
      if (epochEnd) print({ event: 'epoch', ...trimming, epoch, epochs, loss, validationLoss, remainingMs })
    },
    read(rows, total, bytes) {
      print({ event: 'read', rows, total, ...bytes })
    },
    score(done, total, bytes) {
      print({ event: 'score', done, total, ...bytes })
    },
    finish() {},
  }
}

/** Columns of the table of epochs: title and width. */
const COLUMNS = [
  ['epoch', 9],
  ['loss', 10],
  ['validation', 10],
  ['best', 4],
  ['time', 8],
  ['left', 8],
] as const

/** A line per epoch, with a star where the validation loss is the lowest so far. */
function createTable(io: ProcessIo): Progress {
  const remaining = createForecast(io)
  let started = io.now()
  let lowest = Number.POSITIVE_INFINITY
  const line = (cells: readonly string[]) =>
    io.stderr(`${cells.map((cell, i) => cell.padStart(COLUMNS[i][1])).join('  ')}\n`)
  const begin = () => {
    lowest = Number.POSITIVE_INFINITY
    line(COLUMNS.map(([title]) => title))
  }
  let isBegun = false
  return {
    trial(index, count) {
      io.stderr(`trial ${index + 1} of ${count}\n`)
      isBegun = false
    },
    fit(progress) {
      const { epoch, epochs, loss, validationLoss, epochEnd, round, rounds } = progress
      const remainingMs = remaining(progress)
      if (!epochEnd) return
      if (rounds > 1 && (!isBegun || epoch === 1)) io.stderr(`round ${round + 1} of ${rounds}\n`)
      if (!isBegun || epoch === 1) begin()
      isBegun = true
      const isBest = validationLoss < lowest
      if (isBest) lowest = validationLoss
      line([
        `${epoch}/${epochs}`,
        formatNumber(loss),
        formatNumber(validationLoss),
        isBest ? '*' : '',
        formatDuration(io.now() - started),
        remainingMs === null ? '' : formatDuration(remainingMs),
      ])
      started = io.now()
    },
    read() {},
    score() {},
    finish() {},
  }
}

function createBar(io: ProcessIo): Progress {
  let trialText = ''
  const remaining = createForecast(io)
  let drawn = Number.NEGATIVE_INFINITY
  const draw = (share: number, text: string, force: boolean) => {
    if (!force && io.now() - drawn < REDRAW_MS) return
    drawn = io.now()
    const filled = Math.round(share * BAR_WIDTH)
    const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}`
    io.stderr(`\r${`[${bar}] ${text}`.slice(0, io.columns - 1)}\u001b[K`)
  }
  return {
    trial(index, count) {
      trialText = `trial ${index + 1}/${count} `
    },
    fit(progress) {
      const { epoch, epochs, step, steps, loss, validationLoss, epochEnd, round, rounds } = progress
      const remainingMs = remaining(progress)
      const trimming = rounds > 1 ? `round ${round + 1}/${rounds} ` : ''
      const parts = [`${trialText}${trimming}epoch ${epoch}/${epochs}`, `loss ${formatNumber(loss)}`]
      if (Number.isFinite(validationLoss)) parts.push(`validation ${formatNumber(validationLoss)}`)
      if (remainingMs !== null) parts.push(`${formatDuration(remainingMs)} left`)
      draw((round + (epoch - 1 + step / steps) / epochs) / rounds, parts.join('  '), epochEnd)
    },
    read(rows, total, { bytes, totalBytes }) {
      const read = `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`
      draw(
        Math.min(1, bytes / totalBytes),
        `${rows} of ${counted(total, 'row')} read  ${read}`,
        rows >= total,
      )
    },
    score(done, total, bytes) {
      const read = bytes ? `  ${formatBytes(bytes.bytes)} of ${formatBytes(bytes.totalBytes)}` : ''
      draw(Math.min(1, done / total), `${done} of ${counted(total, 'sample')} scored${read}`, done >= total)
    },
    finish() {
      if (drawn > Number.NEGATIVE_INFINITY) io.stderr('\r\u001b[K')
    },
  }
}

/** Remaining time if every epoch runs, from the recent epochs; null until one is done. Early stopping may end it sooner. */
function createForecast(io: ProcessIo): (progress: FitProgress) => number | null {
  const durations: number[] = []
  let epochStarted = io.now()
  return ({ epoch, epochs, step, steps, epochEnd, round, rounds }) => {
    const now = io.now()
    if (epochEnd) {
      durations.push(now - epochStarted)
      if (durations.length > RECENT_EPOCHS) durations.shift()
      epochStarted = now
    }
    if (durations.length === 0) return null
    const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length
    return Math.round(mean * ((rounds - round) * epochs - epoch + 1 - step / steps))
  }
}
