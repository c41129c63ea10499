import type { Runtime } from '../detect/index.js'
import type { Model } from '../model/index.js'
import { loadModel, modelPath } from '../store/index.js'
import type { CliOptions } from './global-options.js'
import type { Io } from './io.js'
import { modelIn } from './model-place.js'

/** Loads a model that one of the keys of `--require-signed` has signed; without that option any. Errors: those of `loadModel`. */
export function loadTrusted(
  { trusted }: Pick<Io, 'trusted'>,
  path: string,
  runtime?: Runtime,
): Promise<Model> {
  return loadModel(path, runtime, trusted)
}

/** The model that a command names, of one device where it is a fleet. Errors: those of `modelIn`, `modelPath` and `loadModel`. */
export async function openModel(
  io: Io,
  cli: Pick<CliOptions, 'registry'>,
  { model, device }: { readonly model: string; readonly device?: string },
  runtime?: Runtime,
): Promise<Model> {
  const path = await modelPath(await modelIn(io, cli, model), device)
  return io.metrics.time('load', () => loadTrusted(io, path, runtime))
}
