import { type DeviceTables, type ReadOptions, readDevices, trainedReading } from '../ingest/index.js'
import type { Model } from '../model/index.js'
import type { createRuntime } from '../runtime/index.js'
import { type FleetMember, findFleet } from '../store/index.js'
import type { Io } from './io.js'
import { loadTrusted } from './open-model.js'
import type { Progress } from './progress.js'
import { type MissingChoice, type TableSource, tableSource } from './table-source.js'

/** The models of a fleet, or the one of all its devices. */
export interface Fleet {
  readonly members?: readonly FleetMember[]
  /** Of all models together: the columns of the scores. */
  readonly channels: readonly string[]
  /** How the training read its table; of a fleet that of the first model, because all are made by one command. */
  readonly trained: FleetMember['info']
  /** Undefined for a device without a model. */
  modelOf(device: string): Promise<Model | undefined>
}

/** The model of each device: that of a fleet, or the same for all. */
export async function openAnyFleet(
  io: Pick<Io, 'trusted'>,
  path: string,
  runtime: ReturnType<typeof createRuntime>,
): Promise<Fleet> {
  return (await openFleet(io, path, runtime, true)) as Fleet
}

/** The models that a path holds; of a single one only when it is meant for every device. */
export async function openFleet(
  io: Pick<Io, 'trusted'>,
  path: string,
  runtime: ReturnType<typeof createRuntime>,
  forEveryDevice: boolean,
): Promise<Fleet | undefined> {
  const members = await findFleet(path)
  if (members !== undefined) {
    const paths = new Map(members.map(member => [member.device, member.path]))
    return {
      members,
      channels: [...new Set(members.flatMap(({ info }) => info.channels))],
      trained: members[0].info,
      modelOf: async device => {
        const own = paths.get(device)
        return own === undefined ? undefined : loadTrusted(io, own, runtime)
      },
    }
  }
  if (!forEveryDevice) return undefined
  const model = await loadTrusted(io, path, runtime)
  return { channels: model.info.channels, trained: model.info, modelOf: async () => model }
}

type FleetReading = ReadOptions &
  MissingChoice & {
    readonly timeColumn?: string
    readonly labelColumn?: string
    readonly rows?: string
    readonly chunkRows?: number
  }
type ReadDevices = { readonly devices: DeviceTables } & Pick<TableSource, 'times'>

/** All devices of a table, read as in the training, and how times of options are read. */
export function readFleetLike(
  io: Io,
  data: string | undefined,
  { trained }: Pick<Fleet, 'trained'>,
  options: FleetReading,
  progress: Progress,
): Promise<ReadDevices> {
  const { groupBy, form } = trainedReading(trained.options)
  const column = options.groupBy ?? groupBy ?? form.deviceColumn
  return readFleet(
    io,
    data,
    { ...options, ...(column !== undefined && { groupBy: column }) },
    progress,
    trained,
  )
}

/** The table of a recording, read as in the training: all devices of a fleet, or those that a single model is for. */
export function readRecording(
  io: Io,
  data: string | undefined,
  fleet: Fleet,
  options: FleetReading,
  progress: Progress,
): Promise<ReadDevices> {
  const isOfOneDevice = fleet.members === undefined && fleet.trained.device !== undefined
  return isOfOneDevice && options.groupBy === undefined && options.device === undefined
    ? readFleet(io, data, options, progress, fleet.trained)
    : readFleetLike(io, data, fleet, options, progress)
}

/** All devices of a table. A missing column is an error of its device only, so that it does not stop the others. */
export async function readFleet(
  io: Io,
  data: string | undefined,
  options: FleetReading,
  progress: Progress,
  trained?: Fleet['trained'],
): Promise<ReadDevices> {
  const { read, times } = tableSource(io, data, options, trained)
  const devices = await read((source, request) =>
    readDevices(source, {
      ...request,
      missing: 'keep',
      chunkRows: options.chunkRows,
      onProgress: ({ rows, expectedRows, ...bytes }) => progress.read(rows, expectedRows, bytes),
    }),
  )
  return { devices, times }
}
