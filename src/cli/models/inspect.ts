import { stat } from 'node:fs/promises'
import { createError, TelltaleError } from '../../core/errors.js'
import { readTable } from '../../ingest/index.js'
import type { ModelInfo } from '../../model/index.js'
import {
  differences,
  formatFacts,
  formatModel,
  formatNarrow,
  formatRows,
  formatSummary,
  type Row,
} from '../../report/index.js'
import {
  aliasesOf,
  checkModel,
  findFleet,
  findVersion,
  type Ledger,
  ledgerOf,
  listModels,
  liveVersions,
  parseReference,
  type Registry,
  readHistory,
  readSignature,
  readVersion,
  readVersions,
  type Version,
  verifyModel,
  versionNumbers,
} from '../../store/index.js'
import { compareScores } from '../compare-models.js'
import { modelIn, registryOf } from '../model-place.js'
import { printNotes } from '../notes.js'
import { loadTrusted } from '../open-model.js'
import { isPathText, pathIn } from '../paths.js'
import { tableSource } from '../table-source.js'
import { type Action, type ModelsCall, neededReference, neededRegistry } from './request.js'

/** Actions that change nothing. */
export const inspectActions = {
  list: { names: [0, 1], run: list },
  show: { names: [1, 1], run: show },
  compare: { names: [2, 2], run: compare },
  verify: { names: [0, 1], run: verify },
  history: { names: [1, 1], run: history },
} as const satisfies Record<string, Action>

async function list(call: ModelsCall, [name]: readonly string[]): Promise<string> {
  const registry = neededRegistry(call)
  const { format } = call.cli
  if (name !== undefined) {
    const { ledger, versions } = await contentsOf(registry, name)
    return formatRows(
      versions.map(version => versionRow(version, ledger)),
      format,
    )
  }
  const rows: Row[] = []
  for (const model of await listModels(registry)) {
    const { ledger, versions } = await contentsOf(registry, model)
    const newest = versions.at(-1)
    const aliases = [...ledger.aliases].map(([alias, named]) => `${alias}=${named.at(-1)}`)
    rows.push({
      model,
      versions: versions.length,
      latest: newest?.number ?? null,
      aliases: aliases.sort().join(', '),
      added: newest?.at ?? null,
    })
  }
  return formatRows(rows, format)
}

async function contentsOf(
  registry: Registry,
  name: string,
): Promise<{ readonly ledger: Ledger; readonly versions: readonly Version[] }> {
  await checkModel(registry, name)
  const ledger = ledgerOf(await readHistory(registry, name))
  return { ledger, versions: await liveVersions(registry, name, ledger) }
}

function versionRow(version: Version, ledger: Ledger): Row {
  const { number, at, by, devices, detector, channels, rows, id } = version
  const tags = Object.entries(ledger.tags.get(number) ?? {}).map(([key, value]) => `${key}=${value}`)
  return {
    version: number,
    aliases: aliasesOf(ledger, number).join(', '),
    added: at,
    by,
    devices: devices === undefined ? null : Object.keys(devices).length,
    detector,
    channels,
    rows,
    tags: tags.join(', '),
    note: ledger.notes.get(number) ?? '',
    id: id.slice(0, 12),
  }
}

async function show(call: ModelsCall, [text]: readonly string[]): Promise<string> {
  const registry = neededRegistry(call)
  const { version, ledger } = await findVersion(registry, await neededReference(registry, text))
  const { why } = version
  const { id: _, ...row } = versionRow(version, ledger)
  const facts = { ...row, version: `${version.name}@${version.number}`, id: version.id, why }
  const path = await modelIn(call.io, call.cli, `${version.name}@${version.number}`)
  const { format } = call.cli
  if (version.devices !== undefined)
    return formatSummary(Object.entries(facts), { ...facts, devices: version.devices }, format)
  const model = await loadTrusted(call.io, path)
  return format === 'table'
    ? `${formatFacts(Object.entries(facts))}\n${formatModel(model, {}, format)}`
    : formatModel(model, facts, format)
}

async function compare(call: ModelsCall, names: readonly string[]): Promise<string> {
  const { io, cli, options } = call
  const [first, second] = names as [string, string]
  const paths = [await modelIn(io, cli, first), await modelIn(io, cli, second)] as const
  const fleets = [await findFleet(paths[0]), await findFleet(paths[1])] as const
  if (fleets[0] || fleets[1]) {
    if (options.data !== undefined)
      throw createError('option-conflict', { first: '--data', second: 'the models of a fleet' })
    const devicesOf = (fleet: (typeof fleets)[number]) => new Set((fleet ?? []).map(({ device }) => device))
    const [a, b] = [devicesOf(fleets[0]), devicesOf(fleets[1])]
    const rows = [...new Set([...a, ...b])]
      .sort()
      .map((device): Row => ({ device, [first]: a.has(device), [second]: b.has(device) }))
    return formatRows(rows, cli.format)
  }
  const models = [await loadTrusted(io, paths[0]), await loadTrusted(io, paths[1])] as const
  const rows = differences(models[0].info, models[1].info, [first, second])
  if (rows.length === 0) printNotes(io, [`${first} and ${second} do not differ`])
  if (options.data === undefined) return formatNarrow(rows, cli.format)
  const tableFor = ({ info }: { readonly info: ModelInfo }) =>
    tableSource(io, options.data, options, info).read((source, request) =>
      readTable(source, { ...request, expectChannels: info.channels }),
    )
  const tables = [await tableFor(models[0]), await tableFor(models[1])] as const
  const scores = await compareScores(models, tables, [first, second], io.signal)
  const text = formatNarrow([...scores.rows, ...rows], cli.format)
  return cli.format === 'table' ? `${text}\nOf ${options.data} ${scores.summary}.\n` : text
}

/** What `verify` checks. */
interface Checked {
  /** As the user names it. */
  readonly name: string
  /** Undefined for a folder or a file outside of the registry. */
  readonly id: string | undefined
  /** Of the models in it. */
  paths(): Promise<readonly string[]>
}

async function verify(call: ModelsCall, [text]: readonly string[]): Promise<string> {
  const rows: Row[] = []
  const errors: Error[] = []
  for (const checked of await checkedBy(call, text)) {
    const error = await errorOf(call, checked)
    errors.push(...(error ? [error] : []))
    rows.push({
      version: checked.name,
      state: error?.message ?? 'ok',
      signature: await signatureOf(call, checked),
      id: checked.id?.slice(0, 12) ?? null,
    })
  }
  const damaged = rows.find(({ state }) => state !== 'ok')
  if (damaged === undefined) return formatRows(rows, call.cli.format)
  call.io.stdout(formatRows(rows, call.cli.format))
  if (errors[0] instanceof TelltaleError && errors[0].code !== 'artefact-damaged') throw errors[0]
  throw createError('artefact-damaged', {
    path: registryOf(call.io, call.cli)?.folder ?? '.',
    file: String(damaged.version),
    reason: String(damaged.state),
  })
}

/** The versions that the user named, those of a model, all of the registry, or one model in a folder or a file. */
async function checkedBy(call: ModelsCall, text: string | undefined): Promise<Checked[]> {
  const { io, cli } = call
  if (text !== undefined && (await isPath(call, text))) {
    const path = pathIn(io, text)
    return [{ name: text, id: undefined, paths: () => modelsIn(path) }]
  }
  const registry = neededRegistry(call)
  const one = ({ name, number, id }: Version): Checked => ({
    name: `${name}@${number}`,
    id,
    paths: async () => modelsIn(await modelIn(io, cli, `${name}@${number}`)),
  })
  if (text !== undefined && parseReference(text) !== undefined)
    return [one((await findVersion(registry, await neededReference(registry, text))).version)]
  if (text !== undefined) await checkModel(registry, text)
  const checked: Checked[] = []
  for (const name of text === undefined ? await listModels(registry) : [text])
    try {
      const { deleted } = ledgerOf(await readHistory(registry, name))
      for (const number of await versionNumbers(registry, name))
        if (!deleted.has(number))
          checked.push(
            await readVersion(registry, name, number).then(one, error =>
              unreadable(`${name}@${number}`, error),
            ),
          )
    } catch (error) {
      checked.push(unreadable(name, error))
    }
  return checked
}

/** A record that cannot be read is what is wrong with it. */
function unreadable(name: string, error: unknown): Checked {
  return { name, id: undefined, paths: () => Promise.reject(error) }
}

/** A text with a separator, or what exists where there is no registry. */
async function isPath({ io, cli }: ModelsCall, text: string): Promise<boolean> {
  if (parseReference(text) !== undefined) return false
  if (isPathText(text)) return true
  return (
    registryOf(io, cli) === undefined && (await stat(pathIn(io, text)).catch(() => undefined)) !== undefined
  )
}

async function modelsIn(path: string): Promise<readonly string[]> {
  return (await findFleet(path))?.map(member => member.path) ?? [path]
}

/** What is wrong with a model; undefined when every byte is as it was written, and signed where it must be. */
async function errorOf(call: ModelsCall, { paths }: Checked): Promise<Error | undefined> {
  try {
    for (const path of await paths()) {
      const bad = (await verifyModel(path)).files.find(({ ok }) => !ok)
      if (bad !== undefined) return new Error(`${bad.name}: ${bad.reason}`)
      await loadTrusted(call.io, path)
    }
    return undefined
  } catch (error) {
    return error as Error
  }
}

/** Who signed a model, as its signatures say: errors say whether they are right. */
async function signatureOf(call: ModelsCall, { paths }: Checked): Promise<string> {
  const signers = await Promise.all(
    (await paths().catch(() => [])).map(
      async path => (await readSignature(path).catch(() => undefined))?.signer ?? 'none',
    ),
  )
  const names = [...new Set(signers)].join(', ')
  return names === '' || names === 'none' || call.io.trusted !== undefined ? names : `${names} (not checked)`
}

async function history(call: ModelsCall, [name]: readonly string[]): Promise<string> {
  const registry = neededRegistry(call)
  await checkModel(registry, name)
  const added = (await readVersions(registry, name)).map(({ number, at, by, why }) => ({
    at,
    by,
    action: 'add',
    subject: `version ${number}`,
    from: null,
    to: number,
    why,
  }))
  const changed = (await readHistory(registry, name)).map(({ at, by, why, change }) => ({
    at,
    by,
    action: change.action,
    ...changeCells(change),
    why,
  }))
  return formatRows(mergedByTime<Row & Dated>(added, changed), call.cli.format)
}

interface Dated {
  readonly at: string
}

/** Both lists by time, each in its own order: a clock may have gone back. */
function mergedByTime<T extends Dated>(first: readonly T[], second: readonly T[]): T[] {
  const merged: T[] = []
  let next = 0
  for (const one of first) {
    while (next < second.length && second[next].at < one.at) merged.push(second[next++])
    merged.push(one)
  }
  return [...merged, ...second.slice(next)]
}

function changeCells(change: Awaited<ReturnType<typeof readHistory>>[number]['change']) {
  switch (change.action) {
    case 'promote':
    case 'rollback':
      return { subject: change.alias, from: change.from, to: change.to }
    case 'unalias':
      return { subject: change.alias, from: change.from, to: null }
    case 'tag':
      return { subject: `version ${change.version}, ${change.key}`, from: null, to: change.value }
    case 'note':
      return { subject: `version ${change.version}, note`, from: null, to: change.text }
    case 'delete':
      return { subject: `version ${change.version}`, from: change.version, to: null }
  }
}
