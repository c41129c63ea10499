import { basename, join } from 'node:path'
import { forChannels } from '../core/channels.js'
import { TelltaleError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import type { DeviceTables } from '../ingest/index.js'
import { recalibrate, thresholdNotes } from '../pipeline/index.js'
import { formatRows, type ResultFormat, type Row, recalibrationRows } from '../report/index.js'
import { type FleetMember, loadModel, saveModel } from '../store/index.js'
import type { ThresholdOptions } from '../threshold/index.js'
import { EXIT_CODES, EXIT_OK } from './exit-codes.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'

/** The request for a fleet of models. */
export interface FleetRecalibration {
  readonly members: readonly FleetMember[]
  /** Fresh normal rows of the devices. Default: the calibration scores stored in each model. */
  readonly devices?: DeviceTables
  readonly options: ThresholdOptions
  readonly runtime: Parameters<typeof loadModel>[1]
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
  { members, devices, options, runtime, out, format }: FleetRecalibration,
): Promise<number> {
  const rows: Row[] = []
  let code = EXIT_OK
  for await (const { member, read } of devices ? normalRows(io, members, devices) : storedScores(members)) {
    const { device, path } = member
    try {
      const stored = await loadModel(path, runtime)
      const hooks = { signal: io.signal }
      const { model, ...result } = await recalibrate(stored, options, await read?.(), hooks)
      if (result.after.promise?.warning) printNotes(io, [`${device}: ${result.after.promise.warning}`])
      printNotes(
        io,
        thresholdNotes(model).map(note => `${device}: ${note}`),
      )
      if (out !== undefined) await saveModel(model, join(out, basename(path)))
      rows.push(...recalibrationRows(result).map((row): Row => ({ device, ...row })))
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
