import { alignChannels } from '../../core/channels.js'
import { checkFrame, checkParts } from '../../core/check-input.js'
import { createError } from '../../core/errors.js'
import { type Frame, sampleCount, sliceFrame } from '../../core/frame.js'
import { breathe } from '../../core/pause.js'
import { untimed } from '../../core/stage-timer.js'
import { fewestSamplesOf } from '../../detect/index.js'
import type { Suppressed } from '../../events/index.js'
import { checkModel, type Model } from '../../model/index.js'
import { createPause } from '../../runtime/index.js'
import {
  alignmentOf,
  type LoopHooks,
  openSession,
  resolveSettings,
  type SessionSettings,
  type Step,
  sliceLength,
} from '../../session/index.js'
import type { Adaptation } from '../../threshold/index.js'
import { createMonitor, refuseMissing } from '../../validate/index.js'
import { refuseErrors } from '../train/valid-history.js'

/** A step of a session, and what the session says of the series so far. */
export interface DetectStep extends Step {
  readonly suppressed: Suppressed
  readonly adaptation: Adaptation | null
  /** No event that is still to come has a sample before this one, counted from the first of the series. */
  readonly settled: number
}

/** Settings of a file that is scored: two-sided unless `alignment` says otherwise. */
export function fileSettings(model: Model, settings: SessionSettings): SessionSettings {
  checkModel(model, 'the detection')
  checkParts(settings, [], 'settings', 'the detection')
  return { ...settings, alignment: alignmentOf(model, settings.alignment, 'two-sided') }
}

/**
 * Refuses a whole frame that cannot be scored as it is, before anything is scored: a missing reading of a channel with the policy `error`, and what the
 * history makes invalid. Cost: one pass.
 *
 * @throws DataError `data-channels-differ`, `data-missing-value`, `data-bad-cell`, `data-invalid`
 */
export function refuseInvalid(model: Model, frame: Frame, settings: SessionSettings = {}): void {
  checkFrame(frame, 'the detection')
  const { policies, validationLevel: level, missing } = resolveSettings(model, fileSettings(model, settings))
  const { channels, schema } = model.info
  const aligned = alignChannels(frame, channels)
  refuseMissing(aligned, policies)
  const { timeKind } = aligned
  const monitor = createMonitor({ channels, timeKind, schema, maxGap: missing.maxGap, level })
  monitor.push(aligned)
  refuseErrors(monitor.summary(), 'detection', level)
}

/**
 * Scores a series that comes in chunks of any size, one session from its first sample to its last: memory depends on the chunk, never on the number of
 * samples. Scores are two-sided unless `alignment` is `causal`. The next chunk is asked for when what the one before it gave was taken.
 *
 * A session reports bad data; this loop, for files, refuses them: a missing reading of a channel with the policy `error` when it comes, and data that the
 * history makes invalid when their series has ended. Keep no step before the last one is there.
 *
 * @param chunks consecutive samples; the model's channels in any order
 * @returns steps; the last one is that of `finish`, with the issues of the series
 * @throws DataError `data-channels-differ`, `data-missing-value`, `data-bad-cell`, `data-invalid`, `data-too-short`; `interrupted` when the signal aborts
 */
export async function* detectStream(
  model: Model,
  chunks: AsyncIterable<Frame> | Iterable<Frame>,
  settings: SessionSettings = {},
  { signal, onProgress, pause = createPause(), time = untimed }: LoopHooks = {},
): AsyncGenerator<DetectStep, void, undefined> {
  const resolved = resolveSettings(model, fileSettings(model, settings))
  const { policies, validationLevel } = resolved
  const { channels } = model.info
  const session = openSession(model, resolved, undefined, time)
  const length = sliceLength(channels.length)
  const step = (made: Step): DetectStep => {
    refuseErrors(made.issues, 'detection', validationLevel)
    const { adaptation, suppressed, settled } = session
    return { ...made, adaptation: adaptation(), suppressed: suppressed(), settled: settled() }
  }
  let samples = 0
  for await (const chunk of chunks) {
    const aligned = alignChannels(checkFrame(chunk, 'the detection'), channels)
    refuseMissing(aligned, policies, samples)
    const n = sampleCount(aligned)
    for (let start = 0; start < n; start += length) {
      await breathe({ signal, pause }, 'scoring')
      const end = Math.min(n, start + length)
      yield step(time('score', () => session.push(sliceFrame(aligned, start, end))))
      onProgress?.(samples + end, samples + n)
    }
    samples += n
  }
  const wanted = fewestSamplesOf(model.detector)
  const last = step(time('score', () => session.finish()))
  if (samples < wanted)
    throw createError('data-too-short', {
      rows: samples,
      purpose: 'detection',
      wanted,
      window: '',
      remedy: `Give at least ${wanted} samples, such as those before the first${wanted === model.info.window ? '. A model that is trained with a smaller --window needs fewer' : ''}`,
    })
  yield last
}
