import { counted } from '../core/counted.js'
import { type ChannelDrift, type DriftReport, isDrift } from '../drift/index.js'
import { FIGURES } from './figures.js'
import { barPlot, type FigureLayout, figure } from './plots/index.js'
import { formatNumber } from './units.js'

/** Channels that are drawn, those that changed most. */
const MOST_CHANNELS = 40

/** How far the readings of each channel are from the history of a model, as an SVG file; those that drifted in the colour of events. */
export function driftFigure({ channels, samples }: DriftReport, layout: Partial<FigureLayout> = {}): string {
  const shown = channels.toSorted((a, b) => b.wasserstein - a.wasserstein).slice(0, MOST_CHANNELS)
  const bars = (of: 'wasserstein' | 'psi') =>
    shown.map(drift => ({
      label: drift.channel,
      value: Number.isFinite(drift[of]) ? drift[of] : 0,
      text: Number.isFinite(drift[of]) ? formatNumber(drift[of], 3) : 'unknown',
      marked: isDrifted(drift),
    }))
  const drifted = channels.filter(isDrifted).length
  const caption = `${counted(samples, 'sample')}, ${drifted} of ${counted(channels.length, 'channel')} drifted (red). Left: distance in standard deviations. Right: population stability index.`
  const plots = [
    barPlot(bars('wasserstein'), 'distance from the history, standard deviations'),
    barPlot(bars('psi'), 'population stability index'),
  ]
  return figure(plots, { ...layout, title: layout.title ?? FIGURES.drift.title, caption })
}

const isDrifted = ({ level, missingLevel }: ChannelDrift) => isDrift(level) || isDrift(missingLevel)
