import { createError } from '../core/errors.js'
import type { FittedAutoencoder, FittedEnsemble } from '../detect/index.js'
import type { Model } from '../model/index.js'
import { type Architecture, describeNetwork } from '../nn/index.js'
import { FIGURES, type FigureName } from './figures.js'
import { type FigureLayout, figure, networkPlot, trainingPlot } from './plots/index.js'
import { formatNumber } from './units.js'

/**
 * The loss of each network of a model by epoch, as an SVG file.
 *
 * @throws OptionError `figure-empty` for a model without a network
 */
export function trainingFigure(model: Model, layout: Partial<FigureLayout> = {}): string {
  const plots = plotsOf(networksOf(model, 'training'))
  return figure(plots, {
    ...layout,
    title: layout.title ?? FIGURES.training.title,
    caption: TRAINING_CAPTION,
  })
}

/** The same within a page: one picture for each network of a model, none for a model without one. */
export function trainingPlots({ detector, info }: Model): string[] {
  return plotsOf(networksIn({ detector, info }))
}

export const TRAINING_CAPTION =
  'Line: training loss. Dashed: loss of held-back windows. Dot: the epoch that is kept.'

function plotsOf(networks: ReturnType<typeof networksIn>): string[] {
  return networks.flatMap(({ name, network: { history, bestEpoch } }) =>
    history.length === 0 ? [] : [trainingPlot(history, bestEpoch, name)],
  )
}

/**
 * The layers of each network of a model with their shapes and parameters, as an SVG file.
 *
 * @throws OptionError `figure-empty` for a model without a network
 */
export function architectureFigure(model: Model, layout: Partial<FigureLayout> = {}): string {
  const all = networksOf(model, 'architecture').map(({ name, network }) => {
    const { architecture } = network.state().options as { readonly architecture: Architecture }
    return { name, facts: describeNetwork(architecture) }
  })
  const parameters = all.reduce((sum, { facts }) => sum + facts.parameters, 0)
  const caption = `Steps x width of what each layer gives; ${formatNumber(parameters, 7)} parameters`
  const plots = all.map(({ name, facts }) => networkPlot(facts, name))
  return figure(plots, { ...layout, title: layout.title ?? FIGURES.architecture.title, caption })
}

/** The networks of a model by name. */
function networksIn({ detector, info }: Pick<Model, 'detector' | 'info'>) {
  const members =
    'members' in detector ? (detector as FittedEnsemble).members : [{ name: info.kind, detector }]
  return members.flatMap(({ name, detector }) =>
    'history' in detector
      ? [{ name: name.replace('detector:', ''), network: detector as FittedAutoencoder }]
      : [],
  )
}

/** Errors: `figure-empty` where there is none. */
function networksOf(model: Model, figureName: FigureName) {
  const networks = networksIn(model)
  if (networks.length > 0) return networks
  const { info } = model
  const reason = `the model ${info.kind.replace('detector:', '')} has no network`
  throw createError('figure-empty', { name: figureName, reason })
}
