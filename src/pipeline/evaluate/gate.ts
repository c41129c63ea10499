import { createError } from '../../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../../core/frame.js'
import { createRandom } from '../../core/random.js'
import { intervalsOf } from '../../evaluate/index.js'
import type { Model } from '../../model/index.js'
import type { LoopHooks } from '../../session/index.js'
import { FAULT_KINDS, FAULT_LADDERS, faultAtStep, injectFaults } from '../../simulate/index.js'
import { signTest } from '../../stats/index.js'
import { detect } from '../score/detect.js'
import { warmUpOf } from '../score/warm-up.js'
import { raisedFlags } from './raised.js'

/** A difference against the challenger that is less likely than this by chance closes the gate. */
const ALPHA = 0.05
/** Share of the normal samples that the challenger may have in alarm beyond the champion. */
const MORE_IN_ALARM = 0.01
/** Injected faults that a comparison needs. */
const FEWEST_FAULTS = 10
/** Channels that get injected faults. */
const MOST_CHANNELS = 8

/** One comparison: `champion` and `challenger` are counts of the same thing. */
export interface GateCheck {
  readonly check:
    | 'false alarms'
    | 'normal samples in alarm'
    | 'injected faults found'
    | 'confirmed events found'
  readonly champion: number
  readonly challenger: number
  /** Of how many; null where there is no whole. */
  readonly of: number | null
  readonly passed: boolean
}

/** An alarm of one model or of both, in samples of the data that were held out. */
export interface ShadowAlarm extends Interval {
  readonly by: 'both' | 'champion' | 'challenger'
  readonly confirmed: boolean
}

export interface GateReport {
  readonly passed: boolean
  readonly checks: readonly GateCheck[]
  /** In the order of time. */
  readonly alarms: readonly ShadowAlarm[]
}

export interface GateSettings {
  /** `[N]` 1 = confirmed event. Default: all samples are normal. */
  readonly labels?: Uint8Array
  /** Copies of the data that faults of each kind are injected into. */
  readonly repeats: number
  readonly seed: number
}

/**
 * Compares a challenger with the champion on data that neither has learnt from. The challenger passes when it is not worse:
 *
 * - false alarms (events outside of confirmed ones): not more than the champion, or more by no more than chance explains (sign test at 5 %);
 * - normal samples in alarm: at most 1 % of all more than the champion, so that one alarm without an end counts;
 * - faults injected into the same places of the same copies: those that only the champion finds do not outnumber those that only the challenger finds by more
 *   than chance explains (sign test at 5 %); one where the model is in alarm without it is not found;
 * - confirmed events: each that the champion finds.
 *
 * Scores look back only, as in live operation. Cost: twice that of `detect`, for each kind of fault and each copy. Errors: those of `detect`;
 * `data-too-short` when fewer than 10 faults fit.
 */
export async function passGate(
  champion: Model,
  challenger: Model,
  frame: Frame,
  { labels, repeats, seed }: GateSettings,
  hooks: LoopHooks = {},
): Promise<GateReport> {
  const confirmed = labels ? intervalsOf(labels) : []
  const find = async (model: Model, rows: Frame) => {
    const settings = { alignment: 'causal', validationLevel: 'permissive' } as const
    const { flag, events } = await detect(model, rows, settings, { signal: hooks.signal, time: hooks.time })
    return { events, raised: raisedFlags(flag, events) }
  }
  const [old, fresh] = [await find(champion, frame), await find(challenger, frame)]
  const isFalse = (event: Interval) => !confirmed.some(one => overlap(one, event))
  const [before, now] = [old.events.filter(isFalse).length, fresh.events.filter(isFalse).length]
  const seen = (raised: Uint8Array, { start, end }: Interval) => raised.subarray(start, end).includes(1)
  const missed = confirmed.filter(one => seen(old.raised, one) && !seen(fresh.raised, one))
  const count = ({ raised }: typeof old) => confirmed.filter(one => seen(raised, one)).length
  const normal = labels ? labels.reduce((sum, label) => sum + (label === 0 ? 1 : 0), 0) : sampleCount(frame)
  const inAlarm = ({ events }: typeof old) => {
    const marks = new Uint8Array(sampleCount(frame))
    for (const { start, end } of events) marks.fill(1, start, end)
    return marks.reduce((sum, mark, i) => sum + (mark === 1 && !labels?.[i] ? 1 : 0), 0)
  }
  const faults = await compareFaults()
  const checks: GateCheck[] = [
    {
      check: 'false alarms',
      champion: before,
      challenger: now,
      of: null,
      passed: now <= before || signTest(now, before) >= ALPHA,
    },
    {
      check: 'normal samples in alarm',
      champion: inAlarm(old),
      challenger: inAlarm(fresh),
      of: normal,
      passed: inAlarm(fresh) <= inAlarm(old) + MORE_IN_ALARM * normal,
    },
    faults,
    ...(labels
      ? [
          {
            check: 'confirmed events found' as const,
            champion: count(old),
            challenger: count(fresh),
            of: confirmed.length,
            passed: missed.length === 0,
          },
        ]
      : []),
  ]
  return {
    passed: checks.every(({ passed }) => passed),
    checks,
    alarms: shadowAlarms(old.events, fresh.events, confirmed),
  }

  async function compareFaults(): Promise<GateCheck> {
    // A long memory is cut, so that faults fit into short data.
    const gap = Math.min(
      Math.max(warmUpOf(champion), warmUpOf(challenger)),
      Math.ceil(sampleCount(frame) / 8),
    )
    const random = createRandom(seed)
    const channels = frame.channels.slice(0, MOST_CHANNELS)
    const kinds = FAULT_KINDS.filter(kind => kind !== 'correlation-break' || channels.length > 1)
    let [total, both, onlyOld, onlyNew] = [0, 0, 0, 0]
    for (const [k, kind] of kinds.entries()) {
      const { steps } = FAULT_LADDERS[kind]
      const { magnitude, length } = faultAtStep(kind, steps[Math.floor(steps.length / 2)])
      for (let r = 0; r < repeats; r++) {
        const own = random.fork(`${kind} ${r}`)
        const places = freePlaces(sampleCount(frame), length, gap, confirmed, bound => own.integer(bound + 1))
        const injected = places.map((place, i) => ({
          ...place,
          id: `${kind} ${i}`,
          kind,
          channels: [channels[(i + r) % channels.length]],
          magnitude,
        }))
        if (injected.length === 0) continue
        const copy = injectFaults(frame, injected, own)
        const [a, b] = [await find(champion, copy), await find(challenger, copy)]
        for (const fault of injected) {
          // Where a model is in alarm without the fault, it has not found it.
          const byOld = seen(a.raised, fault) && !seen(old.raised, fault)
          const byNew = seen(b.raised, fault) && !seen(fresh.raised, fault)
          total++
          if (byOld && byNew) both++
          else if (byOld) onlyOld++
          else if (byNew) onlyNew++
        }
      }
      hooks.onProgress?.(k + 1, kinds.length)
    }
    if (total < FEWEST_FAULTS)
      throw createError('data-too-short', {
        rows: sampleCount(frame),
        purpose: 'injected faults',
        wanted: Math.ceil((sampleCount(frame) * FEWEST_FAULTS) / Math.max(1, total)),
        window: '',
        remedy: 'Give more samples',
      })
    return {
      check: 'injected faults found',
      champion: both + onlyOld,
      challenger: both + onlyNew,
      of: total,
      passed: onlyOld <= onlyNew || signTest(onlyOld, onlyNew) >= ALPHA,
    }
  }
}

const overlap = (a: Interval, b: Interval) => a.start < b.end && b.start < a.end

/** Places of one length, a warm-up apart and away from confirmed events. */
function freePlaces(
  samples: number,
  length: number,
  gap: number,
  taken: readonly Interval[],
  draw: (bound: number) => number,
): Interval[] {
  const places: Interval[] = []
  for (let start = gap + draw(gap); start + length <= samples; start += length + gap + draw(gap)) {
    const place = { start, end: start + length }
    if (!taken.some(one => overlap(one, { start: start - gap, end: place.end + gap }))) places.push(place)
  }
  return places
}

/** The alarms of both models; those that overlap are one. */
function shadowAlarms(
  old: readonly Interval[],
  fresh: readonly Interval[],
  confirmed: readonly Interval[],
): ShadowAlarm[] {
  const alarms: (Interval & { by: ShadowAlarm['by'] })[] = old.map(({ start, end }) => ({
    start,
    end,
    by: fresh.some(one => overlap(one, { start, end })) ? 'both' : 'champion',
  }))
  for (const { start, end } of fresh)
    if (!old.some(one => overlap(one, { start, end }))) alarms.push({ start, end, by: 'challenger' })
  return alarms
    .sort((a, b) => a.start - b.start)
    .map(alarm => ({ ...alarm, confirmed: confirmed.some(one => overlap(one, alarm)) }))
}
