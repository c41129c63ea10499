import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import type { ScoreBody, ScoreResult } from '../contract/index.js'
import { problemOf } from '../http/problem.js'
import type { Scorer } from './scorer.js'
import type { ServedModel } from './served-models.js'

type Window = NonNullable<ScoreBody['window']>
/** Windows of one request. */
const MOST_WINDOWS = 1000

type Result = ScoreResult['results'][number]

/** Refuses windows for a model that needs times, which windows have not, whatever else is wrong with them. Errors: `times-needed`. */
export function refuseTimeless({ model }: Pick<ServedModel, 'model'>): void {
  const { channels, cycle } = model.info
  if (cycle) throw createError('times-needed', { channel: channels[0] })
}

/**
 * Scores the windows of a request. One window that cannot be scored is an error; of several it has a problem in its place, and the others are scored.
 *
 * @throws `request-invalid` with the place; `times-needed`; `server-busy`
 */
export async function scoreWindows(served: ServedModel, body: ScoreBody, scorer: Scorer): Promise<Result[]> {
  refuseTimeless(served)
  const { window, windows } = body
  if ((window === undefined) === (windows === undefined))
    throw createError('request-invalid', { where: 'body', reason: 'needs either `window` or `windows`' })
  const order = namesOrder(served.model.info.channels, body.channels)
  if (window) return [await scoreWindow(served, window, order, 'body/window', scorer)]
  return Promise.all(
    (windows as readonly Window[]).map((one, i) =>
      scoreWindow(served, one, order, `body/windows/${i}`, scorer).catch((error): Result => {
        const found = problemOf(error)
        if (found.status >= 500) throw error
        return { error: found }
      }),
    ),
  )
}

/** Scores the windows of a table: its rows are one window after the other. Errors: as `Scorer.decode`, `request-invalid` and `times-needed`. */
export async function scoreTableWindows(
  served: ServedModel,
  bytes: Uint8Array,
  scorer: Scorer,
  mostRows: number,
  signal: AbortSignal,
): Promise<Pick<ScoreResult, 'results' | 'notes'>> {
  refuseTimeless(served)
  const { channels } = served.model.info
  const length = served.model.detector.windowLength
  const { frame, notes } = await scorer.decode({ bytes, model: served.model.info, mostRows }, signal)
  const { values, timeMs } = frame
  const count = timeMs.length / length
  if (!Number.isInteger(count) || count < 1 || count > MOST_WINDOWS)
    throw createError('request-invalid', {
      where: 'body',
      reason: `has ${counted(timeMs.length, 'row')}, but must have ${length} for each of 1 to ${MOST_WINDOWS} windows`,
    })
  const rows = (i: number) =>
    Array.from({ length }, (_, k) =>
      Array.from(channels, (_, c) => {
        const value = values[(i * length + k) * channels.length + c]
        return Number.isFinite(value) ? value : null
      }),
    )
  const windows = Array.from({ length: count }, (_, i) => rows(i))
  return { results: await scoreWindows(served, { windows }, scorer), notes: [...notes] }
}

async function scoreWindow(
  { model, path }: ServedModel,
  window: Window,
  order: readonly number[] | undefined,
  where: string,
  scorer: Scorer,
): Promise<Result> {
  const values = windowValues(window, model.info.channels, model.detector.windowLength, order, where)
  const { score, pValue, severity } = await scorer.window(path, values)
  return { score, flag: score > 1, severity, pValue }
}

/** `[rows * C]` in the order of the model. Errors: `request-invalid` with the place. */
export function windowValues(
  window: Window,
  channels: readonly string[],
  length: number,
  order: readonly number[] | undefined,
  where: string,
): Float64Array {
  const width = channels.length
  if (window.length !== length)
    throw createError('request-invalid', {
      where,
      reason: `has ${counted(window.length, 'row')}, but a window has ${length}`,
    })
  const values = new Float64Array(length * width)
  for (let i = 0; i < length; i++) {
    const row = window[i]
    if (row.length !== width)
      throw createError('request-invalid', {
        where: `${where}/${i}`,
        reason: `has ${counted(row.length, 'reading')}, but there are ${counted(width, 'channel')}: ${channels.join(', ').slice(0, 200)}`,
      })
    for (let c = 0; c < width; c++) {
      const at = order ? order[c] : c
      const value = row[at]
      if (value === null)
        throw createError('request-invalid', {
          where: `${where}/${i}/${at}`,
          reason: `has no reading of ${channels[c]}: a window needs all of them, \`detect\` fills gaps`,
        })
      values[i * width + c] = value
    }
  }
  return values
}

/** Where each channel stands in the rows; undefined when rows are in their order. Errors: `request-invalid`. */
export function namesOrder(
  channels: readonly string[],
  given: readonly string[] | undefined,
): readonly number[] | undefined {
  if (given === undefined) return undefined
  const missing = channels.filter(name => !given.includes(name))
  const unknown = given.filter(name => !channels.includes(name))
  if (missing.length > 0 || unknown.length > 0 || given.length !== channels.length)
    throw createError('request-invalid', {
      where: 'body/channels',
      reason: `must be those of the model: ${[...missing.map(name => `${name} is missing`), ...unknown.map(name => `${name} is unknown`)].join(', ').slice(0, 300) || 'one is there twice'}`,
    })
  return channels.map(name => given.indexOf(name))
}
