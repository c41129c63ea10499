import { ALIGNMENTS } from '../../core/contracts.js'
import {
  firstScoreText,
  formatModel,
  formatNumber,
  formatRows,
  modelJson,
  type ResultFormat,
} from '../../report/index.js'
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

type Shown = Parameters<typeof modelJson>[0]

/** One row for each device of a fleet; for `json` everything that its models hold. */
async function fleetText(
  io: Pick<Io, 'trusted'>,
  members: readonly FleetMember[],
  format: ResultFormat,
): Promise<string> {
  const models: Shown[] = []
  for (const { path } of members) {
    const { info, detector } = await loadTrusted(io, path)
    models.push({ info, detector })
  }
  if (format === 'json') return `${JSON.stringify(models.map(modelJson), null, 2)}\n`
  const rows = models.map(({ info, detector }) => {
    const { device, kind, architecture, channels, window, training, calibration, createdAt } = info
    return {
      device: device ?? null,
      detector: architecture ?? kind,
      channels: channels.length,
      window,
      'first score': firstScoreText(info, detector),
      rows: training.blocks?.ofRows ?? training.rows,
      ...Object.fromEntries(
        ALIGNMENTS.map(alignment => [
          `threshold, ${alignment}`,
          Number(formatNumber(calibration[alignment]?.level ?? Number.NaN)),
        ]),
      ),
      trained: createdAt,
    }
  })
  return formatRows(rows, format)
}
