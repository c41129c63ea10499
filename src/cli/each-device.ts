import { forChannels } from '../core/channels.js'
import { type ErrorKind, TelltaleError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { type DeviceTables, summaryNotes } from '../ingest/index.js'
import type { Model } from '../model/index.js'
import type { Row } from '../report/index.js'
import { createDeviceNotes } from './device-notes.js'
import { EXIT_CODES, EXIT_OK } from './exit-codes.js'
import type { Fleet } from './fleet.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'
import type { Progress } from './progress.js'

/** Errors of one device that say nothing about the next. */
const OF_A_DEVICE: readonly ErrorKind[] = ['data', 'limit', 'artefact']

/** The samples of one device, with the channels of its model when there is one. */
export interface DeviceSamples {
  readonly device: string
  readonly frame: Frame
  readonly labels?: Uint8Array
}

/**
 * Calls `work` for each device of a table, one at a time, and puts its name before the rows that it gives. A device that fails, or has no model in the
 * fleet, gets a row that says so and does not stop the others. The code is that of the first device that failed.
 */
export async function eachDevice(
  io: Io,
  devices: DeviceTables,
  fleet: Pick<Fleet, 'modelOf'> | undefined,
  progress: Progress,
  work: (samples: DeviceSamples, model: Model | undefined) => Promise<readonly Row[]>,
): Promise<{ readonly rows: Row[]; readonly code: number }> {
  const rows: Row[] = []
  const notes = createDeviceNotes(io)
  let code = EXIT_OK
  let isFirst = true
  for await (const table of devices) {
    const { device } = table
    if (isFirst) {
      progress.finish()
      printNotes(io, summaryNotes(devices.summary))
      isFirst = false
    }
    try {
      const model = await fleet?.modelOf(device)
      if (fleet && model === undefined) {
        rows.push({ device, result: 'no model' })
        continue
      }
      const { frame, labels } = await table.read()
      const own = { device, frame: model ? forChannels(frame, model.info.channels) : frame, labels }
      const found = await work(own, model)
      rows.push(...found.map((row): Row => ({ device, ...row })))
    } catch (error) {
      if (!(error instanceof TelltaleError) || !OF_A_DEVICE.includes(error.kind)) throw error
      rows.push({ device, result: `${error.code}: ${error.message}` })
      notes.add(device, error.code, error.remedy)
      if (code === EXIT_OK) code = EXIT_CODES[error.kind]
    } finally {
      progress.finish()
    }
    if (io.signal.aborted) break
  }
  notes.print()
  return { rows: sameColumns(rows), code }
}

/** Rows that all have the columns of all, so that a table has one head. */
function sameColumns(rows: readonly Row[]): Row[] {
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const ordered = [
    ...names.filter(name => name !== 'result'),
    ...(names.includes('result') ? ['result'] : []),
  ]
  return rows.map(row => Object.fromEntries(ordered.map(name => [name, row[name] ?? null])))
}
