import { channelSources, type DerivedChannel } from '../align/index.js'
import type { Decimal, TrainedReading } from '../ingest/index.js'
import { isYearName, timesOf, trainedReading } from '../ingest/index.js'
import { derivedOf, type ModelInfo } from '../model/index.js'
import { type Mapping, parseMapping } from '../sources/index.js'

/** What the models of a stream say of its messages. */
export interface ModelsReading {
  /** How the training read its table; of several that of the first model. */
  readonly trained: Pick<ModelInfo, 'options' | 'timeColumn'>
  /** Every column that a model reads. */
  readonly channels: ReadonlySet<string>
  /** The known texts of those whose readings are texts. */
  readonly states: ReadonlyMap<string, ReadonlySet<string>>
  /** Channels that are computed from columns and are none themselves, by name. */
  readonly computed: ReadonlyMap<string, DerivedChannel>
}

/** How messages are read where no training says how. */
const UNTRAINED: ModelsReading['trained'] = { options: {}, timeColumn: 'time' }

export function readingOfModels(
  infos: readonly Pick<ModelInfo, 'channels' | 'options' | 'timeColumn'>[],
): ModelsReading {
  const derived = infos.flatMap(derivedOf)
  const channels = new Set(infos.flatMap(info => channelSources(info.channels, derivedOf(info)).columns))
  return {
    trained: infos[0] ?? UNTRAINED,
    channels,
    states: knownStates(derived),
    computed: new Map(derived.flatMap(one => (channels.has(one.channel) ? [] : [[one.channel, one]]))),
  }
}

/** The texts that any of the models knows, by column. */
function knownStates(derived: readonly DerivedChannel[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const { kind, from, values = [] } of derived)
    if (kind === 'state') found.set(from, new Set([...(found.get(from) ?? []), ...values]))
  return found
}

/** What a user says of messages; what is left out is as in the training. */
export interface AskedReading extends Pick<TrainedReading, 'timeFormat' | 'timeZone' | 'timeUnit'> {
  readonly map?: readonly string[]
  readonly decimal?: Decimal | undefined
}

/** Fields that messages of a source have whatever the training says. */
export type SourceFields = Pick<Mapping, 'time' | 'otherTime' | 'device'>

/**
 * Which fields are what, and how they are read: as the training says, then as the user asks.
 *
 * @throws OptionError `option-invalid` of an entry of `map`
 */
export function trainedMapping(
  { trained, states, computed }: ModelsReading,
  asked: AskedReading,
  own: (trained: SourceFields) => SourceFields = fields => fields,
): Mapping {
  const { form, ...known } = trainedReading(trained.options)
  const paths = new Map((known.rename ?? []).map(entry => entry.split('=').reverse() as [string, string]))
  const pathOf = (names: string | null | undefined) =>
    names
      ?.split(',')
      .map(name => paths.get(name) ?? name)
      .join()
  const { timeColumn } = trained
  const columns = [
    timeColumn ?? undefined,
    known.groupBy ?? form.deviceColumn,
    known.sensorColumn ?? form.sensorColumn,
    known.valueColumn ?? form.valueColumn,
  ]
  const [time, device, channel, value] = columns.map(pathOf)
  const roles = new Set(columns.flatMap(names => names?.split(',') ?? []))
  const { timeFormat = known.timeFormat, timeZone = known.timeZone ?? form.timeZone } = asked
  const { order = form.dateOrder } = timesOf({ timeFormat, timeZone })
  return parseMapping(
    asked.map ?? [],
    {
      ...own({ time, device }),
      channel,
      value,
      renamed: new Map([...paths].filter(([name]) => !roles.has(name))),
    },
    {
      times: {
        timeFormat,
        timeZone,
        order,
        hasYears: timeColumn !== null && isYearName(timeColumn),
        timeUnit: asked.timeUnit ?? known.timeUnit ?? form.timeUnit,
      },
      decimal: asked.decimal ?? known.decimal ?? form.decimal ?? '.',
      states,
      computed,
    },
  )
}
