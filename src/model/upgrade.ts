import { z } from 'zod'
import type { Alignment } from '../core/contracts.js'
import type { Json, State } from '../core/state.js'
import { resolveEventRules } from '../events/index.js'
import { adaptOptions, resolveThreshold } from '../threshold/index.js'
import { missingOptions } from '../validate/index.js'
import type { ModelSettings } from './info.js'
import { type Manifest01, parseManifest01 } from './manifest-0-1.js'
import { damaged } from './state-rule.js'

/** Stands for the id, which follows from the content once the model is there. */
const NO_ID = '0'.repeat(64)

/**
 * A model of telltale 0.1 (version 1 of the format) as one of today: it keeps the alignment that it was trained for, and its settings are what its
 * options meant.
 *
 * @throws ArtefactError `artefact-damaged` naming the field that is missing or not as it must be
 */
export function upgrade({ kind, options, arrays }: State): State {
  const { facts, options: asked, stages } = parseManifest01(options)
  const alignment: Alignment = asked.alignment === 'end' ? 'causal' : 'two-sided'
  const { regimes, calibration, ...common } = facts
  const { promise: expectedAlarms, ...calibrated } = calibration
  const { threshold, 'regime-levels': levels, ...others } = stages
  const info = {
    ...common,
    id: NO_ID,
    settings: settingsOf(asked, facts.channels),
    options: asked,
    calibration: {
      [alignment]: {
        ...calibrated,
        ...(expectedAlarms !== undefined && { expectedAlarms }),
        ...(regimes && { regimes }),
      },
    },
  }
  const parts = {
    ...others,
    [`${alignment}.threshold`]: threshold,
    ...(levels && { [`${alignment}.levels`]: levels }),
  }
  const named = Object.entries(arrays).map(([name, tensor]) => [nameOf(name, alignment), tensor])
  return {
    kind,
    version: 2,
    options: { ...info, parts } as unknown as Json,
    arrays: Object.fromEntries(named),
  }
}

/** What the options of a training meant: each as given, else its default. */
function settingsOf(asked: Manifest01['options'], channels: readonly string[]): ModelSettings {
  try {
    return {
      missing: z.object(missingOptions).parse(asked),
      events: resolveEventRules(asked, undefined, channels),
      adapt: z.object(adaptOptions).parse(asked),
      threshold: resolveThreshold(asked),
    }
  } catch (error) {
    throw damaged(`options: ${(error as Error).message}`, error)
  }
}

function nameOf(tensor: string, alignment: Alignment): string {
  if (tensor === 'calibration.scores') return `${alignment}.scores`
  return tensor
    .replace(/^threshold\./, `${alignment}.threshold.`)
    .replace(/^regime-levels\./, `${alignment}.levels.`)
}
