import { z } from 'zod'
import { layerSize, layerSpec } from './layers/index.js'
import { lossName } from './losses.js'

/** A network as data. Sizes are bounded because a file comes from outside. */
export const architectureSchema = z.strictObject({
  name: z.string().min(1).max(200),
  /** `[steps, channels]` of a window. */
  inputShape: z.tuple([layerSize, layerSize]),
  layers: z.array(layerSpec).min(1).max(1000),
  /** Of a forecaster: samples after the window that it predicts. */
  horizon: layerSize.optional(),
  /** What training makes small; `mse` when left out. */
  loss: lossName.optional(),
})
export type Architecture = z.output<typeof architectureSchema>

/**
 * The default autoencoder: LSTM(units, every step) -> LSTM(latent, last state) -> repeat -> LSTM(units, every step) -> dense per step.
 *
 * @param window T
 * @param channels C
 * @example
 * import { lstmAutoencoder, createNetwork } from 'telltale/nn'
 * createNetwork(lstmAutoencoder(30, 3, 32, 16)).parameterCount // => 14115
 */
export function lstmAutoencoder(
  window: number,
  channels: number,
  units: number,
  latent: number,
): Architecture {
  return {
    name: 'lstm-autoencoder',
    inputShape: [window, channels],
    layers: [
      { type: 'lstm', units, returnSequences: true },
      { type: 'lstm', units: latent },
      { type: 'repeat', times: window },
      { type: 'lstm', units, returnSequences: true },
      { type: 'dense', units: channels },
    ],
  }
}
