import { z } from 'zod'
import { createError, TelltaleError } from '../../core/errors.js'
import type { Json, State, Tensor } from '../../core/state.js'
import { REFERENCE_KIND } from '../../drift/index.js'
import { readTextFile, writeOutput } from '../../files/index.js'
import { withReference } from '../../model/index.js'
import { formatRows } from '../../report/index.js'
import { encodeRecord, RECORD_LIMIT_BYTES, readRecord, saveModel } from '../../store/index.js'
import { tooManyArguments } from '../action.js'
import type { Call } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { modelTarget } from '../model-place.js'
import { openModel } from '../open-model.js'
import { pathIn } from '../paths.js'
import { referenceModel } from './check-pieces.js'
import type { DriftCall } from './options.js'

const FORMAT = 'telltale-drift-reference'
const schema = z.strictObject({
  channels: z.array(z.string()),
  /** Version of the state. */
  version: z.number().int(),
  options: z.record(z.string(), z.json()),
  /** Null = NaN: a channel of the history without readings. */
  arrays: z.record(
    z.string(),
    z.strictObject({ shape: z.array(z.number().int().min(0)), data: z.array(z.number().nullable()) }),
  ),
})

/** `telltale drift export`: the reference of a model as a JSON file that ends with its own hash. */
export async function exportReference(call: DriftCall, extra: string | undefined): Promise<number> {
  const { io, cli } = call
  if (extra !== undefined) throw tooManyArguments('drift export', [], [extra])
  const out = neededOut(call)
  const { reference, info } = await referenceModel(call)
  const { version, options, arrays } = reference.state()
  const plain = ({ shape, data }: Tensor) => ({
    shape,
    data: Array.from(data, value => (Number.isNaN(value) ? null : Number(value))),
  })
  const content = {
    channels: info.channels,
    version,
    options,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, tensor]) => [name, plain(tensor)])),
  }
  await writeOutput(pathIn(io, out), [encodeRecord(FORMAT, content)])
  io.stdout(
    formatRows([{ reference: out, channels: info.channels.length, samples: reference.samples }], cli.format),
  )
  return EXIT_OK
}

/** `telltale drift import FILE`: a model with the reference of a file in place of its own. */
export async function importReference(call: DriftCall, file: string | undefined): Promise<number> {
  const { io, cli, options } = call
  if (file === undefined) throw createError('option-missing', { name: 'FILE' })
  if (options.model === undefined) throw createError('option-missing', { name: '--model' })
  const out = neededOut(call)
  const model = await openModel(io, cli, { ...options, model: options.model })
  const text = await readTextFile(pathIn(io, file), RECORD_LIMIT_BYTES, { shown: file })
  if (!text.includes(FORMAT)) throw createError('reference-unknown', { file, reason: 'it is another file' })
  const {
    channels,
    version,
    options: own,
    arrays,
  } = await readRecord(pathIn(io, file), FORMAT, schema).catch(error => {
    const isDamaged = error instanceof TelltaleError && error.code === 'artefact-damaged'
    throw isDamaged ? createError('reference-unknown', { file, reason: error.where.reason }, error) : error
  })
  if (channels.join('\n') !== model.info.channels.join('\n')) {
    const got = channels.join(', ')
    throw createError('reference-differs', { file, got, wanted: model.info.channels.join(', ') })
  }
  const tensor = ({ shape, data }: (typeof arrays)[string]): Tensor => ({
    shape,
    data: Float64Array.from(data, value => value ?? Number.NaN),
  })
  const state: State = {
    kind: REFERENCE_KIND,
    version,
    options: own as Readonly<Record<string, Json>>,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, found]) => [name, tensor(found)])),
  }
  const target = await modelTarget(io, cli, out, false)
  try {
    const changed = withReference(model, state)
    await saveModel(changed, target.path)
    const published = await target.publish(`telltale drift import ${file}`)
    io.stdout(
      formatRows([{ model: published, reference: file, id: changed.info.id.slice(0, 12) }], cli.format),
    )
    return EXIT_OK
  } finally {
    await target.discard()
  }
}

function neededOut({ options: { out } }: Pick<Call<{ readonly out?: string }>, 'options'>): string {
  if (out === undefined) throw createError('option-missing', { name: '--out' })
  return out
}
