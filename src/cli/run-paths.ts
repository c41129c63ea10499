import { join } from 'node:path'
import type { z } from 'zod'
import { type EffectiveConfig, pathOptions } from '../config/index.js'
import type { OptionMeta } from '../core/options.js'
import { checkOutputs, identityOf, type RunPath } from '../files/index.js'
import { locateFiles } from '../ingest/index.js'
import type { Command } from './command.js'
import { modelEntry } from './device-pattern.js'
import type { ProcessIo } from './io.js'
import { pathIn } from './paths.js'

/** Sections whose paths belong to every run. */
const SHARED = ['log', 'metrics']

/**
 * Refuses a run that would write over what it reads, over another of its outputs, or into a model: before anything is opened. What an option or an
 * argument says of the file system stands in its schema, so that every command is checked.
 *
 * @throws OptionError `output-is-input`, `output-twice`, `output-in-model`
 */
export async function checkRunPaths(
  command: Command,
  args: readonly string[],
  config: EffectiveConfig,
  schemas: Readonly<Record<string, z.ZodType>>,
  io: ProcessIo,
): Promise<void> {
  const given = [command.name, ...SHARED].flatMap(section =>
    schemas[section] === undefined ? [] : optionPaths(section, schemas[section], config, io),
  )
  const outputs = given.filter(({ use }) => use === 'write')
  if (outputs.length === 0) return
  const inputs: RunPath[] = [
    ...given.filter(({ use }) => use === 'read'),
    ...args.flatMap((path, i) => {
      const argument = command.arguments[Math.min(i, command.arguments.length - 1)]
      return argument?.reads && path !== '-'
        ? [{ path: pathIn(io, path), name: argument.name.toUpperCase() }]
        : []
    }),
    ...(config.file === undefined ? [] : [{ path: config.file, name: 'the configuration' }]),
  ]
  const queries = given.filter(({ use }) => use === 'query')
  await checkOutputs([...inputs, ...(await filesBehind(inputs, queries, outputs, io))], outputs)
}

type UsedPath = RunPath & { readonly use: 'read' | 'write' | 'query' }

function optionPaths(section: string, schema: z.ZodType, config: EffectiveConfig, io: ProcessIo): UsedPath[] {
  const values = config.values[section] ?? {}
  const prefix = SHARED.includes(section) ? `--${section}-` : '--'
  return pathOptions(schema).flatMap(({ key, flag, path }) => {
    const value = values[key]
    if (value === undefined || value === false) return []
    const name = flag.replace('--', prefix)
    const texts = (Array.isArray(value) ? value : [value]).filter(
      text => typeof text === 'string' && text !== '-',
    )
    return texts
      .flatMap((text: string) => usesOf(text, path, io))
      .map(use => ({
        ...use,
        name,
        ...(section === 'log' && { rotations: Number(values.backups ?? 0) }),
      }))
  })
}

function usesOf(
  text: string,
  path: NonNullable<OptionMeta['path']>,
  io: ProcessIo,
): Omit<UsedPath, 'name'>[] {
  if (path === 'query') return [{ path: text, use: path }]
  if (path === 'model') return [{ path: pathIn(io, modelEntry(text).model), use: 'read' }]
  if (typeof path === 'string') return [{ path: pathIn(io, text), use: path }]
  return path.map(file => ({ path: pathIn(io, join(text, file)), use: 'write' }))
}

/** Names in quotes in a query: files, patterns, columns and texts. */
const QUOTED = /'((?:[^']|'')*)'|"((?:[^"]|"")*)"/g

/** The files that patterns and queries stand for, where one of them could be an output that exists. */
async function filesBehind(
  inputs: readonly RunPath[],
  queries: readonly RunPath[],
  outputs: readonly RunPath[],
  io: ProcessIo,
): Promise<RunPath[]> {
  const existing = await Promise.all(outputs.map(({ path }) => identityOf(path)))
  if (!existing.some(({ node }) => node !== undefined)) return []
  const patterns = inputs.filter(({ path }) => /[*?[]/.test(path))
  const asked = queries.flatMap(({ path, name }) =>
    Array.from(path.matchAll(QUOTED), ([, single, double]) => ({
      path: pathIn(io, single ?? double ?? ''),
      name,
    })),
  )
  const found = await Promise.all(
    [...patterns, ...asked].map(async ({ path, name }) => {
      const files = path === '' ? [] : await locateFiles(path).catch(() => [])
      return files.map(file => ({ path: file.path, name }))
    }),
  )
  return found.flat()
}
