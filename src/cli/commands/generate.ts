import { join } from 'node:path'
import { counted } from '../../core/counted.js'
import type { Frame } from '../../core/frame.js'
import { type FrameTable, writeFrame } from '../../emit/index.js'
import { writeFileAtomic } from '../../files/index.js'
import { formatRows } from '../../report/index.js'
import {
  type GenerateOptions,
  generateOptions,
  generatePlant,
  generateSine,
  type InjectedFault,
} from '../../simulate/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { checkFolder, makeFolderOf, pathIn } from '../paths.js'

/** The content of one file of the folder, and how it is written. */
interface Output {
  readonly file: string
  readonly rows: number
  readonly content: string
  write(path: string): Promise<void>
}

export const generateCommand = defineCommand({
  name: 'generate',
  summary: 'Generates synthetic sensor data with known faults.',
  description:
    'Mode plant: train.csv without faults, test.csv with faults and a column label, labels.csv, and events.csv with the list of faults. ' +
    'Mode sine: sensor_data.csv, and sensor_labels.csv with one 0 or 1 per line and no header.',
  arguments: [],
  schema: generateOptions,
  examples: [
    'telltale generate --out plant',
    'telltale generate --out plant --rows 20000 --channels 8 --seed 7 --difficulty subtle',
    'telltale generate --out sines --mode sine --rows 1000',
  ],
  async run({ options, cli, io }) {
    const place = (file: string) => join(options.out, file)
    await checkFolder(pathIn(io, place('x')), options.out)
    const outputs = options.mode === 'plant' ? plantOutputs(options) : sineOutputs(options)
    await makeFolderOf(pathIn(io, place('x')), options.out)
    for (const { file, write } of outputs) await write(pathIn(io, place(file)))
    const rows = outputs.map(({ file, rows, content }) => ({ file: place(file), rows, content }))
    io.stdout(formatRows(rows, cli.format))
    return EXIT_OK
  },
})

function plantOutputs(options: GenerateOptions): Output[] {
  const { train, test, labels, events } = generatePlant(options)
  const anomalous = labels.reduce((sum, label) => sum + label, 0)
  const labelFrame: Frame = { ...test, values: Float64Array.from(labels), channels: ['label'] }
  return [
    tableOutput('train.csv', { frame: train }, `${counted(train.channels.length, 'channel')}, no faults`),
    tableOutput(
      'test.csv',
      { frame: test, labels },
      `the same with ${counted(events.length, 'fault')}, column label`,
    ),
    tableOutput('labels.csv', { frame: labelFrame }, `label of each sample of test.csv; ${anomalous} are 1`),
    textOutput(
      'events.csv',
      events.length,
      'the faults of test.csv',
      formatRows(faultRows(test, events), 'csv', FAULT_COLUMNS),
    ),
  ]
}

function sineOutputs(options: GenerateOptions): Output[] {
  const { frame, labels } = generateSine(options)
  const anomalous = labels.reduce((sum, label) => sum + label, 0)
  return [
    tableOutput('sensor_data.csv', { frame }, counted(frame.channels.length, 'channel')),
    textOutput(
      'sensor_labels.csv',
      labels.length,
      `one label per line, no header; ${anomalous} are 1`,
      `${labels.join('\n')}\n`,
    ),
  ]
}

function tableOutput(file: string, table: FrameTable, content: string): Output {
  return { file, rows: table.frame.timeMs.length, content, write: path => writeFrame(path, table) }
}

function textOutput(file: string, rows: number, content: string, text: string): Output {
  return { file, rows, content, write: path => writeFileAtomic(path, [text]) }
}

const FAULT_COLUMNS = [
  'id',
  'kind',
  'start',
  'end',
  'start_sample',
  'end_sample',
  'channels',
  'magnitude',
] as const

/** `start` and `end` are times, the end exclusive; the samples they stand for are counted from 0 in test.csv. */
function faultRows({ timeMs }: Frame, events: readonly InjectedFault[]) {
  const stepMs = timeMs[1] - timeMs[0]
  const timeOf = (sample: number) => new Date(timeMs[0] + sample * stepMs).toISOString()
  return events.map(({ id, kind, start, end, channels, magnitude }) => ({
    id,
    kind,
    start: timeOf(start),
    end: timeOf(end),
    start_sample: start,
    end_sample: end,
    channels: channels.join(';'),
    magnitude,
  }))
}
