import { type Frame, sampleCount } from '../../core/frame.js'
import type { DeviceTables } from '../../ingest/index.js'
import type { Logger } from '../../observe/index.js'
import type { Fleet } from '../fleet.js'
import type { Io } from '../io.js'
import { forTable } from '../table-messages.js'
import type { Recordings } from './recording.js'

/** What goes through all paths. */
export interface VerifyInput {
  readonly io: Io
  readonly log: Logger
  /** Path of the model. */
  readonly place: string
  /** The table as it was named. */
  readonly data: string
  readonly fleet: Fleet
  readonly timeKind: Frame['timeKind']
  /** The devices that have a model. */
  readonly tables: readonly { readonly device: string; readonly frame: Frame }[]
  readonly rows: number
  /** Brokers that were given. */
  readonly mqtt?: string
  readonly kafka?: string
}

/** One way from the table to scores and events. */
export interface VerifyPath {
  readonly name: string
  /** Scores the table. @returns why it cannot; undefined when it was done */
  run(input: VerifyInput, into: Recordings): Promise<string | undefined>
}

/**
 * Reads all devices that have a model. Streams refuse a sample with the time of the one before, which `detect` scores: it is left out for all paths.
 *
 * @returns `repeated` how many samples were left out
 */
export async function readTablesWhole(
  devices: DeviceTables,
  fleet: Fleet,
): Promise<Pick<VerifyInput, 'tables' | 'rows' | 'timeKind'> & { readonly repeated: number }> {
  const tables: { device: string; frame: Frame }[] = []
  let repeated = 0
  for await (const table of devices) {
    if ((await fleet.modelOf(table.device)) === undefined) continue
    const { frame } = await table.read()
    const distinct = withDistinctTimes(frame)
    repeated += sampleCount(frame) - sampleCount(distinct)
    tables.push({ device: table.device, frame: distinct })
  }
  const rows = tables.reduce((sum, { frame }) => sum + frame.timeMs.length, 0)
  return { tables, rows, timeKind: devices.timeKind, repeated }
}

/** The first sample of each time, in order. */
function withDistinctTimes(frame: Frame): Frame {
  const { timeMs, values, channels } = frame
  const kept = Array.from(timeMs.keys()).filter(i => i === 0 || timeMs[i] !== timeMs[i - 1])
  if (kept.length === timeMs.length) return frame
  const width = channels.length
  return {
    ...frame,
    timeMs: Float64Array.from(kept, i => timeMs[i]!),
    values: Float64Array.from(
      { length: kept.length * width },
      (_, k) => values[kept[Math.floor(k / width)]! * width + (k % width)]!,
    ),
  }
}

/** The name of the one device of a table without a device column, where a message must name one. */
export const ONLY_DEVICE = 'device'

/** The models of messages that were made of the rows. */
export function modelsOfRows({ fleet, timeKind }: VerifyInput) {
  return async (name: string) => forTable(await fleet.modelOf(name === ONLY_DEVICE ? '' : name), timeKind)
}

/** The rows as JSON messages with the same bits, in the order of time of each device. */
export function* jsonMessages({
  tables,
  timeKind,
}: VerifyInput): Generator<{ device: string; text: string }> {
  for (const { device: own, frame } of tables) {
    const device = own === '' ? ONLY_DEVICE : own
    const { timeMs, values, channels } = frame
    const width = channels.length
    for (let i = 0; i < timeMs.length; i++) {
      const readings = channels.map(
        (name, c) => `${JSON.stringify(name)}:${numberText(values[i * width + c]!)}`,
      )
      const time = timeKind === 'utc' ? `"time":${timeMs[i]},` : ''
      yield { device, text: `{${time}"device":${JSON.stringify(device)},"values":{${readings.join()}}}` }
    }
  }
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'null'
  return Object.is(value, -0) ? '-0' : JSON.stringify(value)
}
