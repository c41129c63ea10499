import type { Alignment } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { parseKnown } from '../core/parse-options.js'
import type { State } from '../core/state.js'
import { type FittedMember, isEnsemble, LEAST_ERROR } from '../detect/index.js'
import { checkModel, type Model } from '../model/index.js'
import { DETECTOR_EMITTERS, encodeDetector, encodeEnsemble, OPSET, OUTSIDE } from '../onnx/index.js'
import {
  calibrationOf,
  effectiveThreshold,
  sessionOptions,
  type ThresholdSettings,
} from '../session/index.js'
import { checkThresholdOptions, thresholdSettings } from '../threshold/index.js'
import { networkOf } from './train/detectors.js'

/** A graph that sees one window and nothing after it gives causal scores. */
const alignment: Alignment = 'causal'
const NO_OPERATORS = `opset ${OPSET} has no equivalent`
/** `[C]` what the errors of an autoencoder are divided by, in its state. */
const USUAL_ERROR = `usualError.${alignment}`

/** Another threshold than the stored one: a rule, or a multiple. */
export const exportSettings = thresholdSettings.extend({ threshold: sessionOptions.threshold })

/**
 * A model as one ONNX file, see `encodeDetector` (a network) and `encodeEnsemble` (`auto` and other smoothed detectors) for what goes in and what
 * comes out.
 *
 * Its score is that of one window, the causal one: what a session or `detect` with the alignment `causal` gives the last sample of the window. The
 * metadata name the channels in their order, the window, the horizon (0 unless a network forecasts), the alignment, the threshold and what the
 * model was trained on. The same model gives the same bytes.
 *
 * @param options another threshold than the stored one, as `detect` takes it
 * @throws OptionError `onnx-unsupported` naming the stage that has no counterpart, `option-conflict` when two thresholds are given; ArtefactError
 * `alignment-missing` for a model of telltale 0.1 that was trained for two-sided scores
 * @example
 * import { exportOnnx, generatePlant, trainModel } from 'telltale'
 * const { train } = generatePlant({ rows: 300, channels: 3, faults: 1 })
 * const model = await trainModel(train)
 * exportOnnx(model) instanceof Uint8Array // => true
 */
export function exportOnnx(model: Model, options: Omit<ThresholdSettings, 'alignment'> = {}): Uint8Array {
  checkModel(model, 'the export')
  parseKnown(exportSettings, options, 'the export')
  checkThresholdOptions(options)
  const { info, scaler, detector } = model
  const { level, method } = effectiveThreshold(model, { ...options, alignment })
  refuseMemory(model)
  const { offset, spread } = supported(scaler.state(), ['offset', 'spread']).arrays
  const whole = {
    scaler: { offset: Float64Array.from(offset.data), spread: Float64Array.from(spread.data) },
    level,
    metadata: metadataOf(model, level, method),
  }
  if (isEnsemble(detector)) {
    for (const member of detector.members) refuseOutside(member)
    return encodeEnsemble({ ...whole, detector, name: info.kind })
  }
  const network = networkOf(detector)?.network
  if (network === undefined)
    throw createError('onnx-unsupported', { what: `the detector ${info.kind}`, reason: NO_OPERATORS })
  const { arrays } = supported(detector.state(), [USUAL_ERROR])
  return encodeDetector({
    ...whole,
    network,
    weights: arrays,
    usualError: Float32Array.from(arrays[USUAL_ERROR].data, error => Math.max(error, LEAST_ERROR)),
  })
}

/** What the file of a model takes: the samples of its input, of which a forecaster predicts the last `horizon`. */
export function onnxInput({ detector }: Model): { readonly samples: number; readonly horizon: number } {
  const network = isEnsemble(detector) ? undefined : networkOf(detector)?.network
  return { samples: detector.contextLength, horizon: network ? network.span - network.inShape.steps : 0 }
}

/** Refuses what follows from samples before the window. */
function refuseMemory(model: Model): void {
  if (calibrationOf(model, alignment).levels !== undefined)
    throw createError('onnx-unsupported', {
      what: 'a threshold per regime of operation',
      reason: 'the regime follows from earlier samples, and a file holds the score of one window',
    })
  if (model.info.settings.adapt.adapt)
    throw createError('onnx-unsupported', {
      what: 'an adaptive threshold',
      reason: 'it follows the scores of earlier samples, and a file holds the score of one window',
    })
}

/** Refuses a member that has no counterpart. */
function refuseOutside({ name, detector }: FittedMember): void {
  const { kind } = detector.state()
  if (Object.hasOwn(DETECTOR_EMITTERS, kind)) return
  const reason = Object.hasOwn(OUTSIDE, kind) ? OUTSIDE[kind] : NO_OPERATORS
  throw createError('onnx-unsupported', { what: `the detector ${name}`, reason })
}

function metadataOf(model: Model, level: number, method: string): Record<string, string> {
  const { info, detector } = model
  const { samples, horizon } = onnxInput(model)
  const architecture = info.architecture ?? networkOf(detector)?.network.architecture.name
  return {
    channels: JSON.stringify(info.channels),
    window: String(samples - horizon),
    horizon: String(horizon),
    alignment,
    version: info.versions.telltale,
    detector: info.kind,
    ...(architecture && { architecture }),
    thresholdLevel: String(level),
    thresholdMethod: method,
    createdAt: info.createdAt,
    dataSha256: info.training.dataSha256,
  }
}

/** The state of a stage that has these arrays. */
function supported(state: State, arrays: readonly string[]): State {
  if (arrays.every(name => name in state.arrays)) return state
  throw createError('onnx-unsupported', { what: state.kind, reason: NO_OPERATORS })
}
