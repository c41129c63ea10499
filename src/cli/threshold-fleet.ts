import { basename, join } from 'node:path'
import { forChannels } from '../core/channels.js'
import { ALIGNMENTS } from '../core/contracts.js'
import { TelltaleError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import type { Runtime } from '../detect/index.js'
import type { DeviceTables } from '../ingest/index.js'
import type { Model } from '../model/index.js'
import { type Recalibration, recalibrate, thresholdNotes } from '../pipeline/index.js'
import { formatRows, type ResultFormat, type Row, recalibrationRows } from '../report/index.js'
import { type FleetMember, saveModel } from '../store/index.js'
import type { ThresholdOptions } from '../threshold/index.js'
import { EXIT_CODES, EXIT_OK } from './exit-codes.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'
import { loadTrusted } from './open-model.js'

/** The request for a fleet of models. */
export interface FleetRecalibration {
  readonly members: readonly FleetMember[]
  /** Fresh normal rows of the devices. Default: the calibration scores stored in each model. */
  readonly devices?: DeviceTables
  readonly rule: ThresholdOptions
  readonly runtime: Runtime
  /** Folder for the models with their new thresholds. */
  readonly out?: string
  readonly format: ResultFormat
}

/**
 * Recalibrates the threshold of each model of a fleet, one after the other. A device that fails is reported and does not stop the others. Returns the
 * exit code: that of the first device that failed.
 */
export async function thresholdFleet(
  io: Io,
  { members, devices, rule, runtime, out, format }: FleetRecalibration,
): Promise<number> {
  const rows: Row[] = []
  let code = EXIT_OK
  for await (const { member, read } of devices ? normalRows(io, members, devices) : storedScores(members)) {
    const { device, path } = member
    try {
      const stored = await loadTrusted(io, path, runtime)
      const hooks = { signal: io.signal }
      const { model, changes } = await recalibrate(stored, rule, await read?.(), hooks)
      printNotes(
        io,
        levelNotes(model, changes).map(note => `${device}: ${note}`),
      )
      if (out !== undefined) await saveModel(model, join(out, basename(path)))
      rows.push(...recalibrationRows(changes).map((row): Row => ({ device, ...row })))
    } catch (error) {
      if (!(error instanceof TelltaleError) || (error.kind !== 'data' && error.kind !== 'artefact'))
        throw error
      printNotes(io, [`${device} keeps its threshold: ${error.message}`])
      if (code === EXIT_OK) code = EXIT_CODES[error.kind]
    }
  }
  io.stdout(formatRows(rows, format))
  return code
}

/** What there is to say about new levels: whether their alarms can be expected, and whether the rule fits the scores. */
export function levelNotes(model: Model, changes: Recalibration['changes']): string[] {
  const alarms = Object.entries(changes).map(
    ([
      alignment,
      {
        after: { expectedAlarms },
      },
    ]) => {
      if (expectedAlarms === null) return UNKNOWN_ALARMS
      return expectedAlarms.warning && `${alignment} scores: ${expectedAlarms.warning}`
    },
  )
  const rules = ALIGNMENTS.filter(alignment => changes[alignment]).flatMap(alignment =>
    thresholdNotes(model, { alignment }),
  )
  return [...new Set([...alarms, ...rules])].filter(note => note !== null)
}

const UNKNOWN_ALARMS = 'expected false alarms per day: unknown, because the rows have no regular times'

interface Task {
  readonly member: FleetMember
  readonly read?: () => Promise<Frame>
}

async function* storedScores(members: readonly FleetMember[]): AsyncGenerator<Task> {
  for (const member of members) yield { member }
}

async function* normalRows(
  io: Io,
  members: readonly FleetMember[],
  devices: DeviceTables,
): AsyncGenerator<Task> {
  for await (const table of devices) {
    const member = members.find(({ device }) => device === table.device)
    if (member === undefined) printNotes(io, [`${table.device}: the fleet has no model for it`])
    else yield { member, read: async () => forChannels((await table.read()).frame, member.info.channels) }
  }
}
