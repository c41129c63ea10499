import type { ChannelBands, Explanation } from '../../explain/index.js'
import type { Detection } from '../../pipeline/index.js'
import type { Clock } from '../clock.js'
import { bandCaption } from '../expected.js'
import { dataElement, section } from '../page.js'
import { type LaneValues, packSeries } from './pack-series.js'
import type { LaneFacts } from './packed-series.js'

/** Scores above this many thresholds are drawn on a scale of logarithms: one outlier would flatten the rest. */
const LINEAR_UP_TO = 20
const LEAST_SCORE = 0.01
/** Samples before and after an event that are kept one by one. */
const MARGIN = 100

/**
 * The series with score, threshold, bands and events, a lane per channel: those that explain the most events first. The element is filled by the script of the
 * page.
 */
export function timelineSection(
  { frame, score, events }: Pick<Detection, 'frame' | 'score' | 'events'>,
  explanations: readonly Explanation[],
  clock: Clock,
  bands?: ChannelBands,
): string {
  const width = frame.channels.length
  const facts = laneFacts(frame.channels, explanations)
  const places = frame.channels.map((_, c) => c)
  const importance = places.map(
    c => explanations.filter(({ channels }) => names(channels).has(frame.channels[c])).length,
  )
  places.sort((a, b) => importance[b] - importance[a] || a - b)
  const lanes = places.map(
    (c): LaneValues => ({
      ...facts[c],
      at: i => frame.values[i * width + c],
      ...(bands && { ...bandFacts(bands, c), expectedAt: i => bands.expected[c][i] }),
    }),
  )
  const explained = new Map(explanations.map(({ event, channels }) => [event.id, [...names(channels)]]))
  const worst = [...events].sort((a, b) => b.score - a.score)
  const data = packSeries({
    frame,
    lanes: [scoreLane(score), ...lanes],
    events: events.map(({ id, times }) => ({
      id,
      from: times.startMs,
      to: times.lastMs,
      lanes: [SCORE, ...(explained.get(id) ?? [])],
    })),
    clock,
    exact: worst.map(({ start, end }) => ({ start: start - MARGIN, end: end + MARGIN })),
  })
  return section(
    'Timeline',
    `<div id="timeline"></div>
<noscript><p>The timeline needs scripts; the rest of the page does not.</p></noscript>
<p class="aside">Drag to zoom, double-click to show all; Ctrl and the wheel, or the keys + and -, zoom too. Shaded: events, stronger in the channels that explain them.${
      bands ? ` Dashed line and band: ${bandCaption(frame.channels.length, 'series')}.` : ''
    }</p>
${dataElement('timeline-data', data)}`,
  )
}

/** Half the width of the band of a channel, and what its edges do not pass. */
function bandFacts({ halfBands, possible }: ChannelBands, c: number): Partial<LaneFacts> {
  const { least, most } = possible[c]
  return {
    halfBand: halfBands[c],
    ...(Number.isFinite(least) && { least }),
    ...(Number.isFinite(most) && { most }),
  }
}

const SCORE = 'score'

function scoreLane(score: Float32Array): LaneValues {
  const highest = score.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, value)), 0)
  const logarithmic = highest > LINEAR_UP_TO
  return {
    name: SCORE,
    label: 'score',
    logarithmic,
    limit: { value: logarithmic ? 0 : 1, label: 'threshold' },
    at: i => (logarithmic ? Math.log10(Math.max(score[i], LEAST_SCORE)) : score[i]),
  }
}

/** Names and units of channels, from an explanation where there is one. */
function laneFacts(channels: readonly string[], explanations: readonly Explanation[]): LaneFacts[] {
  const known = new Map(explanations[0]?.channels.map(({ name, label, unit }) => [name, { label, unit }]))
  return channels.map(name => ({ name, label: name, ...known.get(name) }))
}

function names(channels: Explanation['channels']): Set<string> {
  return new Set(channels.filter(({ explains }) => explains).map(({ name }) => name))
}
