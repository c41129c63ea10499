import { createError } from '../core/errors.js'
import { type ParseTimeOptions, parseTime } from '../core/parse-time.js'
import { fewestSamplesOf } from '../detect/index.js'
import { type ExplainedSample, explainSample, type NamedChannel, sampleAtTime } from '../explain/index.js'
import type { Model } from '../model/index.js'
import type { Detection } from '../pipeline/index.js'
import { formatInstant, type SampleSetting } from '../report/index.js'
import { resolveSettings, type ScoredSamples, type SessionSettings } from '../session/index.js'

/** What `--at` finds out. */
export interface AnswerAt {
  readonly explained: ExplainedSample
  readonly setting: SampleSetting
  /** The event that the sample is part of. */
  readonly events: Detection['events']
}

/** The time that a user gave: an instant, or a row number where the table has no times. Errors: `option-invalid`. */
function timeOf(
  text: string,
  { frame: { timeKind } }: Pick<ScoredSamples, 'frame'>,
  times: ParseTimeOptions,
): number {
  if (timeKind === 'utc') return parseTime(text, { ...times, name: '--at' })
  if (/^\d+$/.test(text.trim())) return Number(text)
  const wanted = 'the table has no times: it must be the number of a row, 0 = the first'
  throw createError('option-invalid', {
    name: '--at',
    got: JSON.stringify(text),
    where: 'the command',
    wanted,
  })
}

/** What happened at a time of a scored table. Errors: `option-invalid`; `sample-unknown` for a time at which there is no sample. */
export async function explainAt(
  model: Model,
  scored: Detection,
  at: string,
  {
    session,
    named,
    times,
  }: {
    readonly session: SessionSettings
    readonly named: readonly NamedChannel[]
    readonly times: ParseTimeOptions
  },
): Promise<AnswerAt> {
  const { frame } = scored
  const timeMs = timeOf(at, scored, times)
  const sample = sampleAtTime(frame, timeMs)
  if (sample === undefined) throw unknownSample(scored, timeMs)
  const explained = await explainSample(model, scored, scored.events, sample, session, named)
  const { rules } = resolveSettings(model, session)
  const needed = fewestSamplesOf(model.detector)
  return { explained, setting: { frame, rules, needed }, events: explained.event ? [explained.event] : [] }
}

function unknownSample({ frame: { timeMs: times, timeKind } }: ScoredSamples, timeMs: number): Error {
  const instant = (ms: number) => formatInstant(ms, timeKind)
  const before = times.findLast(time => time <= timeMs)
  const after = times.find(time => time > timeMs)
  const known =
    before === undefined || after === undefined
      ? `the table reaches from ${instant(times[0])} to ${instant(times[times.length - 1])}`
      : `it lies in a gap between ${instant(before)} and ${instant(after)}`
  return createError('sample-unknown', { time: instant(timeMs), known })
}
