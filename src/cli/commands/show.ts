import { ALIGNMENTS } from '../../core/contracts.js'
import type { ModelInfo } from '../../model/index.js'
import { formatModel, formatNumber, formatRows, type ResultFormat } from '../../report/index.js'
import { type FleetMember, findFleet } from '../../store/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import type { Io } from '../io.js'
import { modelIn } from '../model-place.js'
import { loadTrusted } from '../open-model.js'

export const showCommand = defineCommand({
  name: 'show',
  summary: 'Prints what a model was trained on, its settings and its threshold.',
  description: 'Of a fleet: one row for each device; --format json has all of each model.',
  arguments: [
    {
      name: 'model',
      reads: true,
      description: 'Folder or file of the model, folder of a fleet, or NAME@VERSION.',
    },
  ],
  examples: [
    'telltale show model',
    'telltale show model --format json',
    'telltale show pump@champion --registry models',
  ],
  async run({ args: [path], cli, io }) {
    const place = await modelIn(io, cli, path)
    const members = await findFleet(place)
    if (members !== undefined) {
      io.stdout(await fleetText(io, members, cli.format))
      return EXIT_OK
    }
    io.stdout(formatModel(await loadTrusted(io, place), {}, cli.format))
    return EXIT_OK
  },
})

/** One row for each device of a fleet; for `json` everything that its models hold. */
async function fleetText(
  io: Pick<Io, 'trusted'>,
  members: readonly FleetMember[],
  format: ResultFormat,
): Promise<string> {
  const infos: ModelInfo[] = []
  for (const { path } of members) infos.push((await loadTrusted(io, path)).info)
  if (format === 'json') return `${JSON.stringify(infos, null, 2)}\n`
  const rows = infos.map(
    ({ device, kind, architecture, channels, window, training, calibration, createdAt }) => ({
      device: device ?? null,
      detector: architecture ?? kind,
      channels: channels.length,
      window,
      rows: training.blocks?.ofRows ?? training.rows,
      ...Object.fromEntries(
        ALIGNMENTS.map(alignment => [
          `threshold, ${alignment}`,
          Number(formatNumber(calibration[alignment]?.level ?? Number.NaN)),
        ]),
      ),
      trained: createdAt,
    }),
  )
  return formatRows(rows, format)
}
