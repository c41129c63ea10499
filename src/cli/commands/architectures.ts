import { z } from 'zod'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { option, positiveInteger } from '../../core/options.js'
import { writeOutput } from '../../files/index.js'
import {
  ARCHITECTURES,
  type ArchitectureDefinition,
  describeNetwork,
  measureNetwork,
  type NetworkFacts,
  resolveArchitecture,
  type Speed,
} from '../../nn/index.js'
import { type Cell, formatBytes, formatRows, formatSummary } from '../../report/index.js'
import { actionArgument, actionOf, tooManyArguments } from '../action.js'
import { readArchitecture } from '../architecture.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import type { Io } from '../io.js'
import { checkFolder, pathIn } from '../paths.js'

const schema = z.object({
  window: option(positiveInteger().max(100_000).default(30), 'Samples in a window.', { value: 'N' }),
  channels: option(positiveInteger().max(100_000).default(3), 'Channels of the data.', { value: 'C' }),
  units: option(
    positiveInteger().max(4096).optional(),
    'Units of the widest layers. Default: that of the architecture.',
    {
      value: 'N',
    },
  ),
  latent: option(
    positiveInteger().max(4096).optional(),
    'Size of the latent vector. Default: that of the architecture.',
    {
      value: 'N',
    },
  ),
  batchSize: option(positiveInteger().max(65_536).default(32), 'Batch size of the measured training.', {
    value: 'N',
  }),
  seconds: option(
    z.number().positive().max(600).default(1),
    'Duration of each measurement of test and compare.',
    {
      value: 'X',
    },
  ),
  out: option(z.string().min(1).optional(), 'File for the template. Default: stdout.', {
    value: 'FILE',
    path: 'write',
  }),
})
type Options = z.output<typeof schema>
type Action = (call: Call<Options>, names: readonly string[]) => Promise<string>

/** An architecture and its network for the window and channels of the options. */
interface Built {
  readonly definition: ArchitectureDefinition
  readonly network: NetworkFacts
  readonly speed?: Speed
}

const ACTIONS: Readonly<
  Record<string, { readonly names: readonly [least: number, most: number]; run: Action }>
> = {
  list: { names: [0, 0], run: list },
  show: { names: [1, 1], run: show },
  validate: { names: [1, 1], run: validate },
  template: { names: [0, 1], run: template },
  test: { names: [1, 1], run: test },
  compare: { names: [0, 2], run: compare },
}

export const architecturesCommand = defineCommand({
  name: 'architectures',
  summary: 'Lists, shows, checks and measures the networks that train can use.',
  description:
    'list: the predefined ones and when to use each. show: the layers of one with their sizes. validate: checks a file (in this format or that of ' +
    'the Python system this follows) without training. template: a file to start from. test and compare: also measure windows per ' +
    'second on this machine, on one thread; compare without names takes all predefined ones.',
  arguments: [
    actionArgument(ACTIONS),
    {
      name: 'architecture',
      reads: true,
      description: 'Name of a predefined architecture, or a JSON file.',
      optional: true,
    },
    { name: 'other', reads: true, description: 'A second architecture, for compare.', optional: true },
  ],
  schema,
  examples: [
    'telltale architectures list',
    'telltale architectures show conv-ae --window 60 --channels 8',
    'telltale architectures template gru-based --out mine.json',
    'telltale architectures validate mine.json --window 60',
    'telltale architectures compare lstm-autoencoder mine.json --format json',
  ],
  async run(call) {
    const [name, ...names] = call.args
    const action = actionOf(ACTIONS, 'architectures', name)
    const [least, most] = action.names
    if (names.length < least) throw createError('option-missing', { name: 'ARCHITECTURE' })
    if (names.length > most)
      throw tooManyArguments(
        `architectures ${name}`,
        ['ARCHITECTURE', 'OTHER'].slice(0, most),
        names.slice(most),
      )
    call.io.stdout(await action.run(call, names))
    return EXIT_OK
  },
})

async function list({ options, cli }: Call<Options>): Promise<string> {
  const rows = ARCHITECTURES.map(definition => {
    const { latent = null, when = '' } = definition
    const { parameters } = build(definition, sizesOf(options, definition)).network
    return { name: definition.name, parameters, latent, when }
  })
  return formatRows(rows, cli.format)
}

async function show({ options, cli, io }: Call<Options>, [name]: readonly string[]): Promise<string> {
  const built = build(await readArchitecture(io, name), options, name)
  const rows = built.network.layers.map(layer => ({
    layer: layer.kind,
    output: `${layer.steps} x ${layer.width}`,
    parameters: layer.parameters,
    'multiply-adds': layer.multiplyAdds,
    weights: formatBytes(layer.weightBytes),
    activations: formatBytes(layer.activationBytes),
  }))
  switch (cli.format) {
    case 'table':
      return `${formatSummary(facts(built), {}, 'table')}\n${formatRows(rows, 'table')}`
    case 'csv':
    case 'md':
      return formatRows(rows, cli.format)
    default:
      return formatSummary([], built, cli.format)
  }
}

async function validate({ options, cli, io }: Call<Options>, [name]: readonly string[]): Promise<string> {
  const built = build(await readArchitecture(io, name), options, name)
  return formatSummary([['valid', 'yes'], ...facts(built)], { valid: true, ...built }, cli.format)
}

async function template({ options, io }: Call<Options>, [name]: readonly string[]): Promise<string> {
  const base = name === undefined ? ARCHITECTURES[0] : await readArchitecture(io, name)
  const text = `${JSON.stringify({ ...base, name: `custom-${base.name}` }, null, 2)}\n`
  if (options.out === undefined) return text
  const path = pathIn(io, options.out)
  await checkFolder(path, options.out)
  await writeOutput(path, [text])
  return ''
}

async function test({ options, cli, io }: Call<Options>, [name]: readonly string[]): Promise<string> {
  const built = measure(await readArchitecture(io, name), options, io, name)
  return formatSummary(facts(built), built, cli.format)
}

async function compare({ options, cli, io }: Call<Options>, names: readonly string[]): Promise<string> {
  const chosen = names.length === 0 ? ARCHITECTURES.map(({ name }) => name) : names
  const all: Built[] = []
  for (const name of chosen) {
    const definition = await readArchitecture(io, name)
    all.push(measure(definition, names.length === 0 ? sizesOf(options, definition) : options, io, name))
    if (io.signal.aborted) throw createError('interrupted', { what: 'the comparison' })
  }
  const rows = all.map(({ definition, network, speed }) => ({
    name: definition.name,
    layers: network.layers.length,
    parameters: network.parameters,
    'multiply-adds': network.multiplyAdds,
    weightBytes: network.weightBytes,
    activationBytes: network.activationBytes,
    'train windows/s': Math.round(speed?.training ?? 0),
    'score windows/s': Math.round(speed?.scoring ?? 0),
  }))
  return formatRows(rows, cli.format)
}

/** For lists: `--units` and `--latent` apply only to architectures that use them. */
function sizesOf(options: Options, { units, latent }: ArchitectureDefinition): Options {
  return {
    ...options,
    units: units === undefined ? undefined : options.units,
    latent: latent === undefined ? undefined : options.latent,
  }
}

function build(definition: ArchitectureDefinition, options: Options, file?: string): Built {
  return { definition, network: describeNetwork(resolveArchitecture(definition, options, file)) }
}

function measure(definition: ArchitectureDefinition, options: Options, io: Io, file: string): Built {
  const speed = measureNetwork(resolveArchitecture(definition, options, file), {
    now: io.now,
    budgetMs: options.seconds * 1000,
    batchSize: options.batchSize,
  })
  return { ...build(definition, options, file), speed }
}

function facts({ definition, network, speed }: Built): [string, Cell][] {
  const [window, channels] = network.inputShape
  const rate = (value: number) => `${Math.round(value)} windows/s`
  return [
    ['name', definition.name],
    ...(definition.description === undefined
      ? []
      : [['description', definition.description] satisfies [string, Cell]]),
    ...(definition.when === undefined ? [] : [['when', definition.when] satisfies [string, Cell]]),
    ['input', `${counted(window, 'sample')} of ${counted(channels, 'channel')}`],
    ['layers', network.layers.map(({ kind }) => kind).join(' > ')],
    ['parameters', network.parameters],
    ['multiply-adds', network.multiplyAdds],
    ['weights', formatBytes(network.weightBytes)],
    ['activations', formatBytes(network.activationBytes)],
    ...(speed === undefined
      ? []
      : ([
          ['training', rate(speed.training)],
          ['scoring', rate(speed.scoring)],
        ] satisfies [string, Cell][])),
  ]
}
