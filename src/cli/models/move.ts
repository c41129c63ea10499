import { basename, join } from 'node:path'
import { createError } from '../../core/errors.js'
import { formatRows } from '../../report/index.js'
import { copySignature, findFleet, isBundlePath, saveModel } from '../../store/index.js'
import { modelIn, modelTarget } from '../model-place.js'
import { loadTrusted } from '../open-model.js'
import type { Action, ModelsCall } from './request.js'

/** Actions that carry models into a registry and out of it. */
export const moveActions = {
  copy: { names: [2, 2], run: copy },
} as const satisfies Record<string, Action>

/** Loads every model, so that what is copied is known to be whole, and saves it in the format of today. */
async function copy(call: ModelsCall, [from, to]: readonly string[]): Promise<string> {
  const { io, cli, options } = call
  const source = await modelIn(io, cli, from)
  const fleet = await findFleet(source)
  if (fleet !== undefined && isBundlePath(to))
    throw createError('option-conflict', { first: to, second: 'the models of a fleet: copy it to a folder' })
  const target = await modelTarget(io, cli, to, fleet !== undefined)
  // A signature is of the content: it holds for the copy.
  const copyModel = async (path: string, place: string) => {
    await saveModel(await loadTrusted(io, path), place)
    await copySignature(path, place)
  }
  try {
    if (fleet === undefined) await copyModel(source, target.path)
    else for (const { path } of fleet) await copyModel(path, join(target.path, basename(path)))
    const why = options.why === '' ? `copy of ${from}` : options.why
    return formatRows([{ from, to: await target.publish(why) }], cli.format)
  } finally {
    await target.discard()
  }
}
