import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Frame } from '../../src/core/frame.js'
import { decodeSafetensors } from '../../src/core/safetensors.js'
import type { Json, State } from '../../src/core/state.js'

const FOLDER = fileURLToPath(new URL('../fixtures/models/0.1.0', import.meta.url))
const OF_THE_STORE = ['format', 'formatVersion', 'files', 'manifestSha256']

/** Models that telltale 0.1.0 wrote. */
export const NAMES = ['auto', 'auto-end', 'autoencoder', 'committee', 'ewma', 'z-score'] as const
export type FixtureName = (typeof NAMES)[number]

export const fixturePath = (name: FixtureName) => join(FOLDER, name)

/** A fixture as a state of version 1. Each call gives one of its own. */
export function fixtureState(
  name: FixtureName,
): Omit<State, 'options'> & { readonly options: Record<string, Json> } {
  const manifest = JSON.parse(readFileSync(join(FOLDER, name, 'manifest.json'), 'utf8'))
  const options = Object.fromEntries(Object.entries(manifest).filter(([key]) => !OF_THE_STORE.includes(key)))
  const arrays = decodeSafetensors(readFileSync(join(FOLDER, name, 'weights.safetensors')))
  return { kind: 'model', version: 1, options: options as Record<string, Json>, arrays }
}

interface Scored {
  readonly frame: Frame
  readonly expected: Readonly<
    Record<FixtureName, { readonly kernels: string; readonly score: (number | null)[] }>
  >
}

/** What telltale 0.1.0 found in some samples. */
export function scored(): Scored {
  const { channels, timeMs, values, expected } = JSON.parse(readFileSync(join(FOLDER, 'scored.json'), 'utf8'))
  const frame: Frame = {
    timeMs: Float64Array.from(timeMs),
    timeKind: 'utc',
    values: Float64Array.from(values, (value: number | null) => value ?? Number.NaN),
    channels,
  }
  return { frame, expected }
}
