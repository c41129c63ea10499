import { createError } from '../core/errors.js'
import type { State } from '../core/state.js'
import { LEAST_ERROR } from '../detect/index.js'
import { encodeDetector, OPSET } from '../onnx/index.js'
import type { Model } from './model.js'

/**
 * A model as one ONNX file, see `encodeDetector` for what goes in and what comes out.
 *
 * Its score is that of one window: what `detect` gives the last sample of the window when the model was trained with the alignment `end`.
 * A model with the alignment `covering` scores a sample by all windows that contain it: the mean, over these windows, of the sample's row of
 * `errors`, and then over the channels. The threshold is the stored one. The metadata name the channels in their order, the window, the
 * horizon (0 unless the model forecasts), the alignment and what the model was trained on. The same model gives the same bytes.
 *
 * @throws OptionError `onnx-unsupported` naming the stage that has no counterpart
 */
export function exportOnnx({ info, scaler, detector, threshold }: Model): Uint8Array {
  const { offset, spread } = supported(scaler.state(), ['offset', 'spread']).arrays
  const { arrays, options } = supported(detector.state(), ['usualError'])
  const { usualError, ...weights } = arrays
  const { network } = detector
  return encodeDetector({
    network,
    weights,
    scaler: { offset: Float64Array.from(offset.data), spread: Float64Array.from(spread.data) },
    usualError: Float32Array.from(usualError.data, error => Math.max(error, LEAST_ERROR)),
    level: threshold.level,
    metadata: {
      channels: JSON.stringify(info.channels),
      window: String(info.window),
      horizon: String(network.span - network.inShape.steps),
      alignment: (options as { readonly alignment: string }).alignment,
      version: info.versions.telltale,
      architecture: info.architecture ?? network.architecture.name,
      thresholdLevel: String(threshold.level),
      thresholdMethod: info.calibration.method,
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
