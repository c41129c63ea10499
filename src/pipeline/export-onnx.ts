import { createError } from '../core/errors.js'
import type { State } from '../core/state.js'
import { LEAST_ERROR } from '../detect/index.js'
import { checkModel, type Model } from '../model/index.js'
import { encodeDetector, OPSET } from '../onnx/index.js'
import { effectiveThreshold, type ThresholdSettings } from '../session/index.js'
import { checkThresholdOptions } from '../threshold/index.js'
import { networkOf } from './train/detectors.js'

/**
 * A model as one ONNX file, see `encodeDetector` for what goes in and what comes out.
 *
 * Its score is that of one window: what `detect` gives the last sample of the window when the model was trained with the alignment `end`.
 * A model with the alignment `covering` scores a sample by all windows that contain it: the mean, over these windows, of the sample's row of
 * `errors`, and then over the channels. The metadata name the channels in their order, the window, the horizon (0 unless the model forecasts),
 * the alignment, the threshold and what the model was trained on. The same model gives the same bytes.
 *
 * @param options another threshold than the stored one, as `detect` takes it
 * @throws OptionError `onnx-unsupported` naming the stage that has no counterpart, `option-conflict` when two thresholds are given
 * @example
 * import { exportOnnx, generateOptions, generatePlant, trainModel, trainOptions } from 'telltale'
 * const { train } = generatePlant(generateOptions.parse({ out: '-', rows: 300, channels: 3, faults: 1 }))
 * const model = await trainModel(train, trainOptions.parse({ architecture: 'dense-ae', window: 10, epochs: 1 }))
 * exportOnnx(model) instanceof Uint8Array // => true
 */
export function exportOnnx(model: Model, options: ThresholdSettings = {}): Uint8Array {
  checkModel(model, 'the export')
  checkThresholdOptions(options)
  const { info, scaler, detector, regimes } = model
  if (regimes !== undefined)
    throw createError('onnx-unsupported', { what: 'a threshold per regime of operation', opset: OPSET })
  const { offset, spread } = supported(scaler.state(), ['offset', 'spread']).arrays
  const state = supported(detector.state(), ['usualError'])
  const { usualError, ...weights } = state.arrays
  const { alignment } = state.options as { readonly alignment: string }
  const network = networkOf(detector)?.network
  if (network === undefined) throw createError('onnx-unsupported', { what: info.kind, opset: OPSET })
  const { level, method } = effectiveThreshold(model, options)
  return encodeDetector({
    network,
    weights,
    scaler: { offset: Float64Array.from(offset.data), spread: Float64Array.from(spread.data) },
    usualError: Float32Array.from(usualError.data, error => Math.max(error, LEAST_ERROR)),
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
  throw createError('onnx-unsupported', { what: state.kind, opset: OPSET })
}
