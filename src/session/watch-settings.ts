import { counted } from '../core/counted.js'
import { createError } from '../core/errors.js'
import { DAY_MS } from '../core/milliseconds.js'
import { similarName } from '../core/nearest.js'
import { kebabCase } from '../core/options.js'
import {
  describeSeries,
  SCORE_SIGNAL,
  type WatchedSignal,
  type WatchRules,
  watchBlock,
  watchKey,
} from '../drift/index.js'
import type { Calibration, Model } from '../model/index.js'
import { published } from './published-scale.js'
import type { SessionSettings } from './session-settings.generated.js'

/** What a session watches for drift. */
export interface ResolvedWatch {
  readonly signals: readonly WatchedSignal[]
  /** `[signals]` channel of each; -1 = the score. */
  readonly channels: readonly number[]
  readonly rules: WatchRules
  /** Names all of these. */
  readonly key: string
}

const DEFAULT_RUN_LENGTH = 10_000
const DEFAULT_COOL_DOWN = 10_000
/** Samples of a history that show how values follow one another. */
const LEAST_HISTORY = 100

/**
 * Resolves what to watch; undefined when nothing is asked for.
 *
 * @param level raw score that becomes 1.0
 * @throws OptionError `option-invalid` for an unknown channel, one that is named twice, or one whose history is too short; ArtefactError `reference-missing`
 */
export function resolveWatch(
  { info, reference }: Model,
  { scores }: Calibration,
  level: number,
  settings: SessionSettings,
): ResolvedWatch | undefined {
  const { watchDrift: names, watchMethod, watchRunLength, watchBlock: asked, watchCoolDown } = settings
  const refuse = (key: keyof SessionSettings, got: string, wanted: string) =>
    createError('option-invalid', { name: `--${kebabCase(key)}`, got, where: 'the settings', wanted })
  if (names === undefined) {
    const useless = (['watchMethod', 'watchRunLength', 'watchBlock', 'watchCoolDown'] as const).find(
      key => settings[key] !== undefined,
    )
    if (useless) throw refuse(useless, String(settings[useless]), 'it needs --watch-drift')
    return undefined
  }
  const channels = names.map(name => (name === SCORE_SIGNAL ? -1 : info.channels.indexOf(name)))
  const unknown = names.findIndex((name, s) => name !== SCORE_SIGNAL && channels[s] < 0)
  if (unknown >= 0) {
    const known = [SCORE_SIGNAL, ...info.channels]
    const similar = similarName(names[unknown], known)
    const hint = similar === '' ? '' : ` (did you mean ${similar}?)`
    const wanted = `it must name some of ${known.slice(0, 20).join(', ')}${hint}`
    throw refuse('watchDrift', names[unknown], wanted)
  }
  const twice = names.find((name, s) => names.indexOf(name) < s)
  if (twice !== undefined) throw refuse('watchDrift', names.join(), `${twice} must be there once`)
  if (reference === undefined && channels.some(channel => channel >= 0))
    throw createError('reference-missing', { model: info.id.slice(0, 12) })
  const signals = names.map((name, s): WatchedSignal => {
    const isScore = channels[s] < 0
    const own = isScore
      ? describeSeries(
          SCORE_SIGNAL,
          Float64Array.from(scores, score => published(score, level)),
        )
      : reference!.channels[channels[s]]
    const historySamples = isScore ? scores.length : reference!.samples
    const block = watchBlock(own, asked)
    if (block === undefined || Number.isNaN(own.knots[0]))
      throw refuse(
        'watchDrift',
        name,
        `its history of ${counted(historySamples, 'sample')} must have at least ${LEAST_HISTORY} to show how values follow one another: give --watch-block, or leave it out`,
      )
    return { reference: own, block, historySamples }
  })
  const cadenceMs = info.schema?.cadenceMs
  const rules = {
    method: watchMethod ?? 'page-hinkley',
    runLength: watchRunLength ?? DEFAULT_RUN_LENGTH,
    coolDown: watchCoolDown ?? (cadenceMs ? Math.max(1, Math.round(DAY_MS / cadenceMs)) : DEFAULT_COOL_DOWN),
  }
  return { signals, channels, rules, key: watchKey(signals, rules) }
}
