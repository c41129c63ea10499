import { basename } from 'node:path'
import { createError } from '../../core/errors.js'
import { formatRows, type Row } from '../../report/index.js'
import { findFleet, loadModel, readSigningKey, signModel } from '../../store/index.js'
import { modelIn } from '../model-place.js'
import { pathIn } from '../paths.js'
import type { Action, ModelsCall } from './request.js'

/** Actions on the signatures of models. */
export const signActions = {
  sign: { names: [1, 1], run: sign },
} as const satisfies Record<string, Action>

/** Loads every model, so that what is signed is known to be whole. */
async function sign(call: ModelsCall, [name]: readonly string[]): Promise<string> {
  const { io, cli, options } = call
  if (options.key === undefined) throw createError('option-missing', { name: '--key' })
  const signer = await readSigningKey(pathIn(io, options.key))
  const place = await modelIn(io, cli, name)
  const fleet = await findFleet(place)
  const rows: Row[] = []
  for (const path of fleet?.map(member => member.path) ?? [place]) {
    const { info } = await loadModel(path)
    const { id, at } = await signModel(path, info.id, signer, new Date())
    rows.push({
      model: fleet === undefined ? name : `${name}, ${info.device ?? basename(path)}`,
      id: id.slice(0, 12),
      signer: signer.name,
      key: signer.id.slice(0, 16),
      signed: at,
    })
  }
  return formatRows(rows, cli.format)
}
