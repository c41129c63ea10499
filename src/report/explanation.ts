import type { Frame, Interval } from '../core/frame.js'
import type { Explanation, NormalInterval } from '../explain/index.js'
import { type Clock, clockOf, inZone } from './clock.js'
import { beyondHistory, expectedText, hasBand, historyJson } from './expected.js'
import type { Row } from './rows.js'
import { formatInstant, formatNumber, formatPercent, rounded } from './units.js'

type TimeKind = Frame['timeKind']

/** Channels of an event that are shown as text. */
const MOST_SHOWN = 5

/** The columns of `explanationRows`. */
export const EXPLANATION_COLUMNS = [
  'id',
  'onset',
  'detected',
  'peak',
  'last',
  'score',
  'kind',
  'verdict',
  'reason',
  'sentence',
  'channels',
  'repaired_score',
] as const

/** One row per event for programs. Channels are those that explain it, separated by `; `. */
export function explanationRows(explanations: readonly Explanation[], timeKind: TimeKind): Row[] {
  return explanations.map(({ event, kind, verdict, reason, sentence, detectedMs, channels, repair }) => ({
    id: event.id,
    onset: formatInstant(event.times.onsetMs, timeKind),
    detected: formatInstant(detectedMs, timeKind),
    peak: formatInstant(event.times.peakMs, timeKind),
    last: formatInstant(event.times.lastMs, timeKind),
    score: Number(formatNumber(event.score)),
    kind,
    verdict,
    reason,
    sentence,
    channels: channels
      .filter(({ explains }) => explains)
      .map(({ name }) => name)
      .join('; '),
    repaired_score: repair ? rounded(repair.after) : null,
  }))
}

/** Everything about events as plain JSON; what is not a number is null. */
export function explanationJson(explanations: readonly Explanation[], timeKind: TimeKind): object[] {
  const instant = (time: number | null) => (time === null ? null : formatInstant(time, timeKind))
  return explanationRows(explanations, timeKind).map((row, k) => {
    const { method, channels, repair, pairs, decomposition, nearestNormal, similar, attention } =
      explanations[k]
    const name = (c: number) => nameOf(explanations[k], c)
    return {
      ...row,
      method,
      channels: channels.map(({ leftMs, label: _, ...channel }) => ({
        ...channel,
        value: rounded(channel.value),
        share: rounded(channel.share),
        reading: rounded(channel.reading),
        expected: rounded(channel.expected),
        low: rounded(channel.low),
        high: rounded(channel.high),
        ...historyJson(channel),
        left: instant(leftMs),
      })),
      repair: repair && {
        ...repair,
        channels: repair.channels.map(name),
        before: rounded(repair.before),
        after: rounded(repair.after),
      },
      brokenPairs: pairs.map(({ first, second, usual, now }) => ({
        first: name(first),
        second: name(second),
        usual: rounded(usual),
        now: rounded(now),
      })),
      nearestNormal: nearestNormal && {
        source: nearestNormal.source,
        ...intervalTimes(nearestNormal, instant),
        distance: rounded(nearestNormal.distance),
      },
      similarEvent: similar && {
        id: similar.event.id,
        start: instant(similar.event.times.startMs),
        similarity: rounded(similar.similarity),
      },
      attention: attention && {
        from: instant(attention.fromMs),
        last: instant(attention.lastMs),
        layers: attention.layers.map(({ heads, steps, received, entropy, sparsity, weights }) => ({
          heads,
          steps,
          entropy: rounded(entropy),
          sparsity: rounded(sparsity),
          received: Array.from(received, rounded),
          weights: Array.from(weights, rounded),
        })),
      },
      steps: Array.from(decomposition.steps, rounded),
    }
  })
}

function nameOf({ courses }: Explanation, c: number): string {
  return courses[c].name
}

/** What kind of event, and what is to be checked, where that says more. */
export function kindText(kind: string, verdict: string): string {
  return kind === verdict ? kind : `${kind} (${verdict})`
}

/**
 * Events as text: the sentence, kind and times, and a row for each of the channels that matter.
 *
 * @param zone time zone of the times, which the text names
 */
export function explanationText(
  explanations: readonly Explanation[],
  timeKind: TimeKind,
  zone?: string,
): string {
  const clock = clockOf(timeKind, zone)
  return explanations.map(explanation => eventText(explanation, clock)).join('\n')
}

/** When an event began, was detected, was worst and ended, by a clock that it names. */
export function timesText({ event, detectedMs }: Explanation, clock: Clock): string {
  const { onsetMs, peakMs, lastMs } = event.times
  const times = { onset: onsetMs, detected: detectedMs, peak: peakMs, last: lastMs }
  const all = Object.entries(times).map(([name, time]) => `${name} ${clock.text(time)}`)
  return inZone(all.join(', '), clock)
}

function eventText(explanation: Explanation, clock: Clock): string {
  const { event, kind, verdict, reason, sentence, channels, repair, pairs } = explanation
  const lines = [
    `${event.id}  score ${formatNumber(event.score, 3)}  ${sentence}`,
    `  ${kindText(kind, verdict)}: ${reason}`,
    `  ${timesText(explanation, clock)}`,
    ...(repair ? [`  ${repairText(explanation)}`] : []),
    ...channels.slice(0, MOST_SHOWN).map(channel => {
      const { label, reading, low, high, unit, share, leftMs, wasOutside } = channel
      const suffix = unit ? ` ${unit}` : ''
      const stayed =
        reading < low || reading > high
          ? 'outside of its band too shortly to count'
          : (beyondHistory(channel) ?? 'stayed in its band')
      const since = wasOutside ? 'outside of its band since before' : 'left its band at'
      const left = leftMs === null ? stayed : `${since} ${clock.text(leftMs)}`
      const compared = hasBand(channel) ? `${expectedText(channel)}; ${left}` : expectedText(channel)
      return `  ${channel.explains ? '*' : ' '} ${label}: ${formatNumber(reading)}${suffix}, ${compared}; ${formatPercent(share)} of the score`
    }),
    ...pairs.map(
      ({ first, second, usual, now }) =>
        `  correlation of ${nameOf(explanation, first)} and ${nameOf(explanation, second)}: ${usual.toFixed(2)} before, ${now.toFixed(2)} over the event`,
    ),
    ...comparisonLines(explanation, clock).map(line => `  ${line}`),
  ]
  return `${lines.join('\n')}\n`
}

/** Rounded down: 1.00 is said of what is the same. */
function similarityText(similarity: number): string {
  return (Math.floor(100 * similarity) / 100).toFixed(2)
}

/** What the event is like: the nearest interval of normal operation and the most similar earlier event, a sentence each, with times by a clock that is named beside them. */
export function comparisonLines(
  { nearestNormal, similar, attention, channels, courses }: Explanation,
  clock: Clock,
): string[] {
  const lines: string[] = []
  if (nearestNormal) {
    const { frame, range, distance, source } = nearestNormal
    const { from, to } = intervalTimes(nearestNormal, clock.text)
    const [first] = channels
    const c = courses.findIndex(({ name }) => name === first.name)
    const readings = columnIn(frame, range, c).filter(Number.isFinite)
    const then =
      readings.length === 0
        ? ''
        : `; ${first.label} read ${formatNumber(Math.min(...readings))} to ${formatNumber(Math.max(...readings))} then`
    const where = source === 'history' ? ' of the history' : ' of the table'
    lines.push(
      `nearest normal interval${where}: ${from} to ${to}, ${formatNumber(distance, 2)} usual spreads apart${then}`,
    )
  }
  for (const line of attentionLines(attention)) lines.push(line)
  if (similar)
    lines.push(
      `most similar earlier event: ${similar.event.id}, similarity ${similarityText(similar.similarity)}`,
    )
  return lines
}

/** Where each attention layer looked most. */
function attentionLines(attention: Explanation['attention']): string[] {
  const layers = attention?.layers ?? []
  return layers.map(({ steps, received, entropy, sparsity }, k) => {
    const most = received.indexOf(Math.max(...received))
    const name = layers.length > 1 ? `attention of layer ${k + 1}` : 'attention'
    return `${name}: most to step ${most + 1} of ${steps} (${formatPercent(received[most])}), entropy ${entropy.toFixed(2)}, ${formatPercent(sparsity)} of the weights below 0.01`
  })
}

/** First and last time of an interval of normal operation. */
function intervalTimes<T>({ frame: { timeMs }, range }: NormalInterval, instant: (time: number) => T) {
  return { from: instant(timeMs[range.start]), to: instant(timeMs[range.end - 1]) }
}

/** The readings of a channel over a range. */
function columnIn({ values, channels }: Frame, { start, end }: Interval, c: number): number[] {
  return Array.from({ length: end - start }, (_, i) => values[(start + i) * channels.length + c])
}

/** What the repair found, as a sentence. It asks for the samples of an event, or those around its peak: the score of the event can be highest beside them, because scores are smooth. */
export function repairText({ event, repair, courses }: Explanation): string {
  if (repair === null) return ''
  const names = repair.channels.map(c => courses[c].name).join(' and ')
  const [before, after] = [formatNumber(repair.before, 3), formatNumber(repair.after, 3)]
  const score = before === formatNumber(event.score, 3) ? 'the score' : 'the score of its own samples'
  if (repair.channels.length === 0 && repair.before <= 1)
    return `${score}, ${before}, is not above the threshold`
  if (repair.channels.length === 0)
    return courses.length === 1
      ? `${score}, ${before}, does not fall when ${courses[0].name} reads as expected`
      : `no channel lowers ${score}, ${before}, when it reads as expected`
  return `with ${names} as expected, ${score} falls from ${before} to ${after}${repair.clears ? '' : ', which is still above the threshold'}`
}
