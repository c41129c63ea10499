import { createError } from '../../core/errors.js'
import { formatRows, type Row } from '../../report/index.js'
import {
  checkNotNeeded,
  deleteVersion,
  findVersion,
  noteVersion,
  parseReference,
  planPrune,
  promote,
  pruneVersion,
  removeAlias,
  rollback,
  tagVersion,
  type VersionChange,
} from '../../store/index.js'
import { printNotes } from '../notes.js'
import { type Action, type ModelsCall, neededAlias, neededReference, neededRegistry } from './request.js'

/** Actions that write to the history. */
export const changeActions = {
  promote: { names: [1, 1], run: promoteVersion },
  rollback: { names: [1, 1], run: rollBack },
  unalias: { names: [1, 1], run: unalias },
  tag: { names: [1, 2], run: tag },
  delete: { names: [1, 1], run: remove },
  prune: { names: [1, 1], run: prune },
} as const satisfies Record<string, Action>

const SHOWN_ONLY = 'nothing was removed: add --yes to do it'

async function promoteVersion(call: ModelsCall, [text]: readonly string[]): Promise<string> {
  const registry = neededRegistry(call)
  const reference = await neededReference(registry, text)
  const { alias, why } = call.options
  const change = await promote(registry, reference, alias, why)
  if (change.from === change.to) printNotes(call.io, [`${alias} names version ${change.to} already`])
  return formatRows([aliasRow(reference.name, change)], call.cli.format)
}

async function rollBack(call: ModelsCall, [text]: readonly string[]): Promise<string> {
  const { why } = call.options
  const registry = neededRegistry(call)
  const { name, alias } = await neededAlias(registry, text, call.options.alias)
  const change = await rollback(registry, name, alias, why)
  return formatRows([aliasRow(name, change)], call.cli.format)
}

async function unalias(call: ModelsCall, [text]: readonly string[]): Promise<string> {
  const registry = neededRegistry(call)
  const { name, alias } = await neededAlias(registry, text)
  const change = await removeAlias(registry, name, alias, call.options.why)
  return formatRows([aliasRow(name, change)], call.cli.format)
}

function aliasRow(model: string, change: Extract<VersionChange, { alias: string }>): Row {
  const { alias, from } = change
  return { model, alias, from, to: 'to' in change ? change.to : null }
}

async function tag(call: ModelsCall, [text, pair]: readonly string[]): Promise<string> {
  const registry = neededRegistry(call)
  if (pair !== undefined && parseReference(pair) !== undefined && text.includes('='))
    throw createError('option-invalid', {
      name: 'MODEL',
      got: text,
      where: 'the command',
      wanted: `the version comes first: ${pair} ${text}`,
    })
  const reference = await neededReference(registry, text)
  const { note, why } = call.options
  if (pair === undefined && note === undefined) throw createError('option-missing', { name: 'KEY=VALUE' })
  if (pair !== undefined) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (key === undefined)
      throw createError('option-invalid', {
        name: 'the tag',
        got: pair,
        where: 'the command line',
        wanted: 'must be KEY=VALUE',
      })
    await tagVersion(registry, reference, key, value === '' ? null : value, why)
  }
  if (note !== undefined) await noteVersion(registry, reference, note, why)
  const { version, ledger } = await findVersion(registry, reference)
  const tags = Object.entries(ledger.tags.get(version.number) ?? {}).map(([key, value]) => `${key}=${value}`)
  const row = { version: `${version.name}@${version.number}`, tags: tags.join(', ') }
  return formatRows([{ ...row, note: ledger.notes.get(version.number) ?? '' }], call.cli.format)
}

async function remove(call: ModelsCall, [text]: readonly string[]): Promise<string> {
  const registry = neededRegistry(call)
  const { io, cli, options } = call
  const { version, ledger } = await findVersion(registry, await neededReference(registry, text))
  const name = `${version.name}@${version.number}`
  checkNotNeeded(registry, version, ledger)
  const { number } = version
  if (options.yes) await deleteVersion(registry, { name: version.name, version: number }, options.why)
  else printNotes(io, [SHOWN_ONLY])
  return formatRows([{ version: name, result: options.yes ? 'removed' : 'would be removed' }], cli.format)
}

async function prune(call: ModelsCall, [name]: readonly string[]): Promise<string> {
  const registry = neededRegistry(call)
  const { io, cli, options } = call
  const plan = await planPrune(registry, name, options.keep)
  const results = new Map(plan.keep.map(({ version, reason }) => [version.number, `kept: ${reason}`]))
  const why = options.why === '' ? `prune --keep ${options.keep}` : options.why
  for (const version of plan.remove) {
    if (io.signal.aborted) throw createError('interrupted', { what: 'the pruning' })
    const result = options.yes ? await pruneVersion(registry, version, why) : 'would be removed'
    results.set(version.number, result)
  }
  if (!options.yes && plan.remove.length > 0) printNotes(io, [SHOWN_ONLY])
  const rows = [...results].sort(([a], [b]) => a - b)
  return formatRows(
    rows.map(([number, result]) => ({ version: `${name}@${number}`, result })),
    cli.format,
  )
}
