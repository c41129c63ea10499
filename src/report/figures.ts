import type { AnomalyEvent } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { createError } from '../core/errors.js'
import { decompose, type WindowAttention } from '../explain/index.js'
import type { Detection } from '../pipeline/index.js'
import { agreementOf } from './agreement.js'
import {
  confusionPlot,
  curvePlot,
  type EventMark,
  type FigureLayout,
  figure,
  headHeight,
  heatPlot,
  histogramPlot,
  type Panel,
  panelPlot,
  scoreCalendar,
} from './plots/index.js'
import { formatInstant, formatPercent } from './units.js'

/** The figures: the title of each, and what it shows. */
export const FIGURES = {
  series: { title: 'Readings and events', shows: 'readings of the channels with events' },
  score: { title: 'Anomaly score', shows: 'the score with the threshold and events' },
  calendar: {
    title: 'When scores are high',
    shows: 'the highest score of each quarter of an hour, a row per day',
  },
  distribution: {
    title: 'Score distribution',
    shows: 'how the scores are distributed, beside those of the calibration',
  },
  curves: {
    title: 'Precision over recall, and ROC curve',
    shows: 'precision over recall and ROC curve; needs labels',
  },
  confusion: { title: 'Confusion matrix', shows: 'flagged samples against labels; needs labels' },
  attribution: {
    title: 'What the score of the worst event is made of',
    shows: 'the part of each channel in the score of each sample of the event with the highest score',
  },
  attention: {
    title: 'Attention in the worst event',
    shows: 'what the attention layers of a network look at, in the event with the highest score',
  },
  drift: {
    title: 'Drift',
    shows: 'how far the readings of each channel are from the history of the model; nothing is scored',
  },
  training: { title: 'Training history', shows: 'loss of the network by epoch; needs the model only' },
  architecture: {
    title: 'Architecture',
    shows: 'layers of the network with shapes and parameters; needs the model only',
  },
} as const
export type FigureName = keyof typeof FIGURES
/** Figures that need scores. */
export type ScoredFigureName = Exclude<FigureName, 'drift' | 'training' | 'architecture'>

/** What a figure of a scored table is made of. */
export interface FigureRun extends Partial<FigureLayout> {
  readonly detection: Pick<Detection, 'frame' | 'score' | 'flag' | 'residual' | 'events'>
  /** Scores of held-back normal data, 1.0 = threshold. */
  readonly calibration: ArrayLike<number>
  /** `[N]` 0 or 1. */
  readonly labels?: Uint8Array
  /** Channels that `series` draws. Default: all. */
  readonly channels?: readonly string[]
  readonly mark: EventMark
  /** Of the event with the highest score, where there is one. */
  readonly worst?: { readonly event: AnomalyEvent; readonly attention?: WindowAttention }
}

const WIDTH = 980
const PANEL = 120
const SCORE_PANEL = 260
/** Scores above this many thresholds are drawn on a scale of logarithms. */
const LINEAR_UP_TO = 20
const LEAST_SCORE = 0.01

/**
 * A figure of a scored table as an SVG file. Text from the data is escaped.
 *
 * @throws OptionError `option-missing` without the labels it needs; `figure-empty` when all labels are equal, and without the event or the attention that it shows
 */
export function scoredFigure(name: ScoredFigureName, run: FigureRun): string {
  const { detection, calibration, title = FIGURES[name].title, width, height, colours } = run
  const { frame, score } = detection
  const size = { title, width, height, colours }
  switch (name) {
    case 'series':
      return panels(run, title, seriesPanels(run))
    case 'score':
      return panels({ ...run, detection: atHighest(detection) }, title, [scorePanel(score)])
    case 'calendar':
      return figure([scoreCalendar(frame, score)], {
        ...size,
        caption: `${spanOf(frame)}. Red: above the threshold; the darker, the higher`,
      })
    case 'distribution': {
      const line = { name: 'calibration', scores: calibration }
      const sets = [{ name: 'scores', scores: score }, ...(calibration.length > 0 ? [line] : [])] as const
      const caption = 'Bars: these data. Dashed: held-back normal data.'
      return figure([histogramPlot([sets[0], sets[1]], title)], { ...size, caption })
    }
    case 'curves': {
      const { pr, roc, precision, recall } = agreement(name, run)
      const plots = [
        curvePlot(pr, 'precision over recall'),
        curvePlot(roc, 'true over false positive rate (ROC)'),
      ]
      const caption = `Dots: the threshold, precision ${formatPercent(precision)}, recall ${formatPercent(recall)}`
      return figure(plots, { ...size, caption })
    }
    case 'attribution':
      return figure([attributionPlot(run)], {
        ...size,
        caption: 'The darker, the larger the part of the channel.',
      })
    case 'attention':
      return figure(attentionPlots(run), { ...size, caption: attentionCaption(run) })
    case 'confusion': {
      const { counts, precision, recall } = agreement(name, run)
      const caption = `Samples at the threshold: precision ${formatPercent(precision)}, recall ${formatPercent(recall)}`
      return figure([confusionPlot(counts, title)], { ...size, caption })
    }
  }
}

function attributionPlot({ detection, worst }: FigureRun): string {
  const { frame, residual } = detection
  if (worst === undefined) throw noEvent('attribution')
  const { event } = worst
  const { cells, steps } = decompose({ ...detection, residual }, event)
  const width = frame.channels.length
  const n = steps.length
  const values = Float64Array.from(
    { length: n * width },
    (_, k) => cells[(k % n) * width + Math.floor(k / n)],
  )
  const { startMs, lastMs } = event.times
  const ends = [formatInstant(startMs, frame.timeKind), formatInstant(lastMs, frame.timeKind)] as const
  return heatPlot(
    { values, columns: n, names: frame.channels, ends, axis: frame.timeKind === 'utc' ? 'time' : 'sample' },
    FIGURES.attribution.title,
  )
}

/** A heat map per attention layer, the mean of its heads. */
function attentionPlots({ worst }: FigureRun): string[] {
  if (worst === undefined) throw noEvent('attention')
  if (worst.attention === undefined)
    throw createError('figure-empty', {
      name: 'attention',
      reason:
        'the model has no attention layer, such as that of attention-ae, or no window of the event is whole',
    })
  return worst.attention.layers.map(({ heads, steps, weights, entropy }, k) => {
    const square = steps * steps
    const values = Float64Array.from({ length: square }, (_, at) => {
      let sum = 0
      for (let head = 0; head < heads; head++) sum += weights[head * square + at]
      return sum / heads
    })
    const ends = ['1', String(steps)] as const
    return heatPlot(
      {
        values,
        columns: steps,
        ends,
        axis: `layer ${k + 1}, entropy ${entropy.toFixed(2)}: step that is looked at`,
      },
      `attention of layer ${k + 1}`,
    )
  })
}

function attentionCaption({ worst, detection: { frame } }: FigureRun): string {
  const { attention } = worst ?? {}
  if (attention === undefined) return ''
  const [from, last] = [attention.fromMs, attention.lastMs].map(ms => formatInstant(ms, frame.timeKind))
  return `Rows: steps of the output. Window from ${from} to ${last}`
}

function noEvent(name: FigureName): Error {
  return createError('figure-empty', { name, reason: 'the table has no event' })
}

function agreement(name: FigureName, { detection: { score, flag }, labels }: FigureRun) {
  if (labels === undefined) throw createError('option-missing', { name: '--labels' })
  const found = agreementOf(score, flag, labels)
  if (found === undefined)
    throw createError('figure-empty', { name, reason: 'the labels of all scored samples are equal' })
  return found
}

/** The axes have no years. */
function spanOf({ timeMs, timeKind }: Detection['frame']): string {
  const [first, last] = [timeMs[0], timeMs[timeMs.length - 1]].map(time => formatInstant(time, timeKind))
  return `${timeKind === 'index' ? 'samples ' : ''}${first} to ${last}`
}

function panels(
  { detection, mark, width = WIDTH, height, colours }: FigureRun,
  title: string,
  of: readonly Panel[],
): string {
  const { frame, events } = detection
  const caption = `${spanOf(frame)}, ${counted(events.length, 'event')}`
  const each = of.length === 1 ? SCORE_PANEL : PANEL
  const whole = height ?? headHeight(caption) + of.length * each + 40
  const { timeMs, timeKind } = frame
  const size = { width: width - 28, height: whole - headHeight(caption) - 14 }
  const plot = panelPlot({ timeMs, timeKind, panels: of, events, mark, ...size }, title)
  return figure([plot], { title, caption, width, height: whole, colours })
}

/** Events whose peak is their highest score: that of an event itself is where the error of a single sample is largest. */
function atHighest(detection: FigureRun['detection']): FigureRun['detection'] {
  const { score, events } = detection
  const highest = (start: number, end: number) => {
    let peak = start
    for (let i = start; i < end; i++) if (!(score[i] <= score[peak])) peak = Number.isNaN(score[i]) ? peak : i
    return peak
  }
  return { ...detection, events: events.map(event => ({ ...event, peak: highest(event.start, event.end) })) }
}

function seriesPanels({ detection: { frame }, channels = frame.channels }: FigureRun): Panel[] {
  const width = frame.channels.length
  return channels.map(label => {
    const c = frame.channels.indexOf(label)
    return { label, values: Float64Array.from(frame.timeMs, (_, i) => frame.values[i * width + c]) }
  })
}

function scorePanel(score: Float32Array): Panel {
  const highest = score.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, value)), 0)
  if (highest <= LINEAR_UP_TO) return { label: 'score; dashed: threshold', values: score, limit: 1 }
  const values = score.map(value => Math.log10(Math.max(value, LEAST_SCORE)))
  return { label: 'score, logarithmic; dashed: threshold', values, limit: 0, logarithmic: true }
}
