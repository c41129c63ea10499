import { createError } from '../core/errors.js'
import { knownOnly } from '../core/parse-options.js'
import { durationMs } from '../ingest/index.js'
import { type Changeable, refuseFilter } from '../live/index.js'
import { createRuntime } from '../runtime/index.js'
import { resolveSettings, sessionSettings } from '../session/index.js'
import { parseReference } from '../store/index.js'
import { checkThresholdOptions } from '../threshold/index.js'
import type { Call } from './command.js'
import { type ModelEntry, modelEntry } from './device-pattern.js'
import type { Io } from './io.js'
import { modelIn } from './model-place.js'
import { openStreamModels, type PlacedModel, type StreamModels } from './stream-models.js'
import { type StreamCommandOptions, streamSamplingOptions, streamScoringOptions } from './stream-options.js'
import { hasOneReading, readingKey } from './stream-source.js'

/** What a stream runs with: its options, and the models that these name. */
export interface StreamSetting {
  readonly options: StreamCommandOptions
  readonly models: StreamModels
  /** Paths of the models, which an alias may change. */
  readonly places: readonly (ModelEntry & PlacedModel)[]
}

/** Opens the models of a stream and checks its settings. Errors: those of the options and the models. */
export async function openSetting(
  { io, cli }: Pick<Call, 'io' | 'cli'>,
  options: StreamCommandOptions,
): Promise<StreamSetting> {
  checkThresholdOptions(options)
  const { model: entries = [], learn } = options
  if (entries.length === 0 && learn === undefined)
    throw createError('option-missing', { name: '--model or --learn' })
  const places: (ModelEntry & PlacedModel)[] = []
  for (const entry of entries.map(modelEntry))
    places.push({ ...entry, place: await modelIn(io, cli, entry.model) })
  const models = await openStreamModels(places, createRuntime(1), io)
  if (!options.ignoreWhere && !options.interactive) refuseFilter(models.trained)
  const first = await models.first()
  if (first) resolveSettings(first, knownOnly(sessionSettings, options))
  return { options, models, places }
}

/** The part of it that can be replaced while the stream runs. */
export function changeableOf({ options, models }: StreamSetting): Changeable {
  const join = options.join ?? (hasOneReading(options, models) ? '0ms' : undefined)
  return {
    modelOf: models.modelOf,
    settings: knownOnly(sessionSettings, options),
    sampling: {
      joinMs: join === undefined ? null : durationMs(join),
      waitMs: durationMs(options.wait),
      maxAgeMs: durationMs(options.maxAge),
      silentAfterMs: durationMs(options.silentAfter),
    },
  }
}

const WATCH_MS = 1000
/** What a reload may change. */
const RELOADED = new Set([
  'model',
  ...Object.keys(streamSamplingOptions),
  ...Object.keys(streamScoringOptions),
])

/** Replaces what a stream runs with, on SIGHUP and when an alias names another version. */
export class StreamReloader {
  readonly #call: Pick<Call<StreamCommandOptions>, 'io' | 'cli' | 'reload'>
  readonly #stopWatching: () => void
  #setting: StreamSetting
  #current: Changeable
  #running: Promise<void> = Promise.resolve()

  constructor(call: Pick<Call<StreamCommandOptions>, 'io' | 'cli' | 'reload'>, setting: StreamSetting) {
    this.#call = call
    this.#setting = setting
    this.#current = changeableOf(setting)
    const { io } = call
    const ignore = io.onHangup?.(() => this.#queue(() => this.#reload('SIGHUP')))
    const timer = setInterval(() => this.#queue(() => this.#follow()), WATCH_MS)
    timer.unref()
    this.#stopWatching = () => {
      ignore?.()
      clearInterval(timer)
    }
    io.metrics.set('telltale_config_last_reload_successful', 1)
  }

  /** What is in force: another object after each reload. */
  current = (): Changeable => this.#current

  stop(): void {
    this.#stopWatching()
  }

  /** One reload after the other. */
  #queue(work: () => Promise<void>): void {
    this.#running = this.#running.then(work)
  }

  /** Reloads when the reference to a model names another version than before. */
  async #follow(): Promise<void> {
    const { io, cli } = this.#call
    for (const { model, place } of this.#setting.places) {
      if (parseReference(model) === undefined) continue
      const now = await modelIn(io, cli, model).catch(() => place)
      if (now !== place) return this.#reload(`${model} is another version`)
    }
  }

  async #reload(why: string): Promise<void> {
    const { io, reload } = this.#call
    try {
      const next = await openSetting(this.#call, (await reload()) as StreamCommandOptions)
      refuseOtherReading(this.#setting, next)
      const id = (await next.models.first())?.info.id.slice(0, 12)
      tellIgnored(io, this.#setting.options, next.options)
      this.#setting = next
      this.#current = changeableOf(next)
      io.metrics.set('telltale_config_last_reload_successful', 1)
      const names = next.places.map(({ text }) => text).join(', ')
      io.stderr(
        `note: reloaded (${why}): the stream continues${id === undefined ? '' : ` with the model ${names}, id ${id}`}\n`,
      )
    } catch (error) {
      io.metrics.set('telltale_config_last_reload_successful', 0)
      io.stderr(
        `warning: reload refused (${why}), the stream continues as before: ${(error as Error).message}\n`,
      )
    }
  }
}

/** Messages that wait at the source are decoded already. */
function refuseOtherReading(before: StreamSetting, next: StreamSetting): void {
  const isSame = readingKey(before.options, before.models) === readingKey(next.options, next.models)
  if (!isSame) throw createError('reload-refused', { reason: 'messages would be read in another way' })
}

function tellIgnored(io: Io, before: StreamCommandOptions, next: StreamCommandOptions): void {
  const text = (options: StreamCommandOptions, key: string) =>
    JSON.stringify(options[key as keyof StreamCommandOptions])
  const keys = [...new Set([...Object.keys(before), ...Object.keys(next)])]
  const changed = keys.filter(key => !RELOADED.has(key) && text(before, key) !== text(next, key))
  if (changed.length > 0) io.stderr(`note: ${changed.join(', ')} changed, which needs a restart\n`)
}
