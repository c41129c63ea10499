import { createError } from '../../core/errors.js'
import { findVersion, isAliasName, isModelName, parseReference } from '../../store/index.js'
import { actionArgument, actionOf, tooManyArguments } from '../action.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { registryOf } from '../model-place.js'
import { changeActions } from '../models/change.js'
import { inspectActions } from '../models/inspect.js'
import { moveActions } from '../models/move.js'
import { type ModelsOptions, modelsOptions } from '../models/options.js'
import type { Action } from '../models/request.js'
import { signActions } from '../models/sign.js'

const ACTIONS: Readonly<Record<string, Action>> = {
  ...inspectActions,
  ...changeActions,
  ...moveActions,
  ...signActions,
}

/** What to write in place of arguments that are too many. */
function helpExtra([action, ...names]: readonly string[]): string | undefined {
  const [first = '', second = '', third = ''] = names
  if (action === 'compare') return `Write telltale models compare ${first} ${second} --data ${third}`
  if (action === 'tag')
    return second.includes('=')
      ? 'Set one tag at a time'
      : `Write telltale models tag ${first} ${second}=${third}`
  const version = names.find(name => parseReference(name) !== undefined)
  const alias = names.find(name => name !== (version ?? first) && isAliasName(name))
  if (names.length !== 2 || alias === undefined) return undefined
  if (action === 'unalias') return `Write telltale models unalias ${first}@${second}`
  if (action === 'promote' || action === 'rollback')
    return `Write telltale models ${action} ${version ?? first} --alias ${alias}`
  return undefined
}

/** What a command with too many arguments is to be written with must exist. Errors: `model-unknown`, `artefact-damaged`. */
async function checkNamed(
  { io, cli }: Call<ModelsOptions>,
  action: string,
  [name, other]: readonly string[],
): Promise<void> {
  const registry = registryOf(io, cli)
  if (registry === undefined) return
  const references = [name, other].flatMap(text => parseReference(text) ?? [])
  const isOfAlias = action === 'unalias' || action === 'rollback'
  if (isOfAlias && references.length === 0 && isModelName(name) && isAliasName(other))
    references.push({ name, version: other })
  for (const reference of references) await findVersion(registry, reference)
}

export const modelsCommand = defineCommand({
  name: 'models',
  summary: 'Lists, compares, promotes, verifies and removes the versions of models in a registry.',
  description:
    'list: all models, or the versions of one. show: a version. compare: what differs between two models. promote: makes an alias name a version. rollback: ' +
    'makes it name the version before. unalias: removes an alias. tag: sets KEY=VALUE (KEY= removes it) or a note. verify: checks every byte. ' +
    'delete and prune: remove versions that no alias and no rollback needs; they only show what they would do without --yes. copy: to a ' +
    'registry, a folder or a single file (.telltale), and back. sign: with a private key; --require-signed then refuses what is not signed. history: every change. A version is NAME@7, NAME@ALIAS or NAME@latest.',
  arguments: [
    actionArgument(ACTIONS),
    { name: 'model', reads: true, description: 'Name of a model, or a version of it.', optional: true },
    {
      name: 'other',
      reads: true,
      description: 'Second model of compare, target of copy, KEY=VALUE of tag.',
      optional: true,
    },
  ],
  schema: modelsOptions,
  helpExtra,
  examples: [
    'telltale models list --registry models',
    'telltale models promote pump@4 --registry models --why "fewer false alarms"',
    'telltale models rollback pump --registry models',
    'telltale models compare pump@3 pump@4 --data today.csv --registry models',
    'telltale models tag pump@4 site=north --registry models',
    'telltale models prune pump --keep 10 --yes --registry models',
    'telltale models sign pump@4 --key keys/ana.key --registry models',
    'telltale models verify --require-signed keys/ana.pub --registry models',
    'telltale models copy pump@champion pump.telltale --registry models',
  ],
  async run(call: Call<ModelsOptions>) {
    const [name, ...names] = call.args
    const action = actionOf(ACTIONS, 'models', name)
    const [least, most] = action.names
    if (names.length < least)
      throw createError('option-missing', { name: names.length === 0 ? 'MODEL' : 'OTHER' })
    const [model = '', version = ''] = names
    if (names.length > most && most === 1 && /^\d+$/.test(version))
      throw createError('option-invalid', {
        name: 'MODEL',
        got: JSON.stringify(`${model} ${version}`),
        where: 'the command',
        wanted: `a version is one word: ${model}@${version}`,
      })
    if (names.length > most) {
      await checkNamed(call, name, names)
      throw tooManyArguments(
        `models ${name}`,
        ['MODEL', 'OTHER'].slice(0, most),
        names.slice(most),
        helpExtra(call.args),
      )
    }
    call.io.stdout(await action.run(call, names))
    return EXIT_OK
  },
})
