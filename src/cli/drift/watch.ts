import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { counted } from '../../core/counted.js'
import { TelltaleError } from '../../core/errors.js'
import { type Frame, sampleCount, sliceFrame } from '../../core/frame.js'
import { type DriftAlert, isAlertDue } from '../../drift/index.js'
import { locateFiles, readTable } from '../../ingest/index.js'
import { durationSeconds } from '../../observe/index.js'
import { formatRows } from '../../report/index.js'
import { EXIT_DRIFT, EXIT_OK } from '../exit-codes.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'
import { tableSource } from '../table-source.js'
import { checkPieces, referenceModel, verdictText } from './check-pieces.js'
import { type DriftLine, lastLines, recorder, recordOf } from './history-file.js'
import { runOnDrift } from './on-drift.js'
import type { DriftCall } from './options.js'

interface Watching {
  readonly call: DriftCall
  readonly data: string
  model: { readonly place: string; readonly loaded: Awaited<ReturnType<typeof referenceModel>> }
  /** Names, sizes and times of the files when they were read. */
  seen: string | undefined
  /** Time of the last sample that was checked. */
  last: number | null
  alert: DriftAlert | undefined
  hasDrifted: boolean
  hasHeader: boolean
}

/**
 * `telltale drift watch DATA`: checks the rows that are new, again and again. A look that cannot read the data, as while a file is being replaced, is a note; only
 * the first one ends the command.
 */
export async function watch(call: DriftCall, data: string | undefined): Promise<number> {
  const { options, io, cli } = call
  tableSource(io, data, options)
  const file = recorder(call)
  const before = file === undefined ? {} : await lastLines(file.path)
  const place = options.model === undefined ? '' : await modelIn(io, cli, options.model)
  const state: Watching = {
    call,
    data: data ?? '',
    model: { place, loaded: await referenceModel(call) },
    seen: undefined,
    last: before.last?.last ?? null,
    alert: before.alert && { atMs: Date.parse(before.alert.at), about: aboutOf(before.alert) },
    hasDrifted: false,
    hasHeader: false,
  }
  for (let look = 1; !io.signal.aborted; look++) {
    try {
      await lookAt(state)
    } catch (error) {
      if (look === 1 || !(error instanceof TelltaleError) || !['data', 'source'].includes(error.kind))
        throw error
      printNotes(io, [`not checked: ${error.message}`])
    }
    if (look === options.looks) break
    await wait(1000 * durationSeconds(options.interval), undefined, { signal: io.signal }).catch(() => {})
  }
  return state.hasDrifted && options.failOnDrift ? EXIT_DRIFT : EXIT_OK
}

async function lookAt(state: Watching): Promise<void> {
  const { call, data } = state
  const { options, io, cli } = call
  const seen = await stampOf(pathIn(io, data))
  if (seen === state.seen) return
  const place = await modelIn(io, cli, options.model as string)
  // Another version has the alias now.
  if (place !== state.model.place) state.model = { place, loaded: await referenceModel(call) }
  const { loaded } = state.model
  const { read } = tableSource(io, data, { ...options, missing: 'mask' }, loaded.info)
  const { frame } = await read((source, request) =>
    readTable(source, { ...request, expectChannels: loaded.info.channels }),
  )
  const fresh = newRows(frame, state.last)
  if (fresh === undefined) printNotes(io, ['the times went back: the rows are checked from the start'])
  const rows = fresh ?? frame
  state.seen = seen
  if (state.last !== null && fresh !== undefined && sampleCount(rows) < options.batch) return
  if (sampleCount(rows) === 0) return
  const found = await checkPieces(loaded, [{ frame: rows }], call)
  const nowMs = Date.now()
  const line = recordOf(found, data, nowMs, false)
  const alert: DriftAlert = { atMs: nowMs, about: aboutOf(line) }
  const isDue = line.drifted && isAlertDue(state.alert, alert, 1000 * durationSeconds(options.coolDown))
  state.last = line.last
  state.hasDrifted ||= line.drifted
  const record = { ...line, alert: isDue }
  await recorder(call)?.add(record)
  show(state, record)
  if (!isDue) return
  state.alert = alert
  try {
    if (options.onDrift !== undefined) runOnDrift(options.onDrift, found.verdict, io)
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error
    printNotes(io, [error.message])
  }
}

const aboutOf = ({ verdict, about }: Pick<DriftLine, 'verdict' | 'about'>) => `${verdict}: ${about.join()}`

/** The rows after those that were checked; undefined when all of them are before: another file has taken the place. */
function newRows(frame: Frame, last: number | null): Frame | undefined {
  const n = sampleCount(frame)
  if (last === null || n === 0) return frame
  if (frame.timeMs[n - 1] < last) return undefined
  return sliceFrame(frame, frame.timeMs.findLastIndex(time => time <= last) + 1)
}

async function stampOf(path: string): Promise<string> {
  const files = await locateFiles(path)
  const parts = await Promise.all(
    files.map(async ({ path }) => {
      const info = await stat(path)
      return `${path} ${info.ino} ${info.size} ${info.mtimeMs}`
    }),
  )
  return parts.join('\n')
}

/** One line of text, or one row, for each check. */
function show(state: Watching, line: DriftLine): void {
  const { io, cli } = state.call
  const { channels, about, ...facts } = line
  if (cli.format === 'json' || cli.format === 'jsonl') io.stdout(`${JSON.stringify(line)}\n`)
  else if (cli.format !== 'table') {
    const lines = formatRows([{ ...facts, about: about.join(', ') }], cli.format).split(/(?<=\n)/)
    io.stdout(state.hasHeader ? (lines.at(-1) ?? '') : lines.join(''))
    state.hasHeader = true
  } else {
    io.stdout(`${line.at}  ${counted(line.samples, 'sample')}  ${verdictText(line)}\n`)
  }
}
