import type { Alignment } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { parseKnown } from '../core/parse-options.js'
import type { State } from '../core/state.js'
import { LEAST_ERROR } from '../detect/index.js'
import { checkModel, type Model } from '../model/index.js'
import { encodeDetector, OPSET } from '../onnx/index.js'
import {
  calibrationOf,
  effectiveThreshold,
  sessionOptions,
  type ThresholdSettings,
} from '../session/index.js'
import { checkThresholdOptions, thresholdSettings } from '../threshold/index.js'
import { membersOf, networkOf } from './train/detectors.js'

/** A graph that sees one window and nothing after it gives causal scores. */
const alignment: Alignment = 'causal'
const NO_NETWORK = 'it is no network'
const SMOOTHED =
  'its score is smoothed over the scores of earlier windows, and a file holds the score of one window'
/** `[C]` what the errors of an autoencoder are divided by, in its state. */
const USUAL_ERROR = `usualError.${alignment}`

/** Another threshold than the stored one: a rule, or a multiple. */
export const exportSettings = thresholdSettings.extend({ threshold: sessionOptions.threshold })

/**
 * A model as one ONNX file, see `encodeDetector` for what goes in and what comes out.
 *
 * Its score is that of one window, the causal one: what a session or `detect` with the alignment `causal` gives the last sample of the window. The
 * metadata name the channels in their order, the window, the horizon (0 unless the model forecasts), the alignment, the threshold and what the
 * model was trained on. The same model gives the same bytes.
 *
 * @param options another threshold than the stored one, as `detect` takes it
 * @throws OptionError `onnx-unsupported` naming the stage that has no counterpart, `option-conflict` when two thresholds are given; ArtefactError
 * `alignment-missing` for a model of telltale 0.1 that was trained for two-sided scores
 * @example
 * import { exportOnnx, generatePlant, trainModel } from 'telltale'
 * const { train } = generatePlant({ rows: 300, channels: 3, faults: 1 })
 * const model = await trainModel(train, { architecture: 'dense-ae', window: 10, epochs: 1 })
 * exportOnnx(model) instanceof Uint8Array // => true
 */
export function exportOnnx(model: Model, options: Omit<ThresholdSettings, 'alignment'> = {}): Uint8Array {
  checkModel(model, 'the export')
  parseKnown(exportSettings, options, 'the export')
  checkThresholdOptions(options)
  const { info, scaler, detector } = model
  const { level, method } = effectiveThreshold(model, { ...options, alignment })
  if (calibrationOf(model, alignment).levels !== undefined)
    throw createError('onnx-unsupported', {
      what: 'a threshold per regime of operation',
      reason: 'the regime follows from earlier samples, and a file holds the score of one window',
    })
  const { offset, spread } = supported(scaler.state(), ['offset', 'spread']).arrays
  const network = networkOf(detector)?.network
  const members = membersOf(detector)
  if (network === undefined || members !== undefined)
    throw createError('onnx-unsupported', {
      what: `the detector ${info.kind}`,
      reason: members ? SMOOTHED : NO_NETWORK,
    })
  const { arrays } = supported(detector.state(), [USUAL_ERROR])
  return encodeDetector({
    network,
    weights: Object.fromEntries(Object.entries(arrays).filter(([name]) => !name.startsWith('usualError'))),
    scaler: { offset: Float64Array.from(offset.data), spread: Float64Array.from(spread.data) },
    usualError: Float32Array.from(arrays[USUAL_ERROR].data, error => Math.max(error, LEAST_ERROR)),
    level,
    metadata: {
      channels: JSON.stringify(info.channels),
      window: String(info.window),
      horizon: String(network.span - network.inShape.steps),
      alignment,
      version: info.versions.telltale,
      architecture: info.architecture ?? network.architecture.name,
      thresholdLevel: String(level),
      thresholdMethod: method,
      createdAt: info.createdAt,
      dataSha256: info.training.dataSha256,
    },
  })
}

/** The state of a stage that has these arrays. */
function supported(state: State, arrays: readonly string[]): State {
  if (arrays.every(name => name in state.arrays)) return state
  throw createError('onnx-unsupported', { what: state.kind, reason: `opset ${OPSET} has no equivalent` })
}
