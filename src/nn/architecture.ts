import type { LayerSpec } from './layers/index.js'

/** A network as data. */
export interface Architecture {
  readonly name: string
  /** `[steps, channels]` of a window. */
  readonly inputShape: readonly [number, number]
  readonly layers: readonly LayerSpec[]
}

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
