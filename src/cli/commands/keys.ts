import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { formatRows } from '../../report/index.js'
import { createKeys, listKeys } from '../../store/index.js'
import { actionArgument, actionOf, tooManyArguments } from '../action.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'

const schema = z.strictObject({
  folder: option(z.string().min(1).default('keys'), 'Folder of the keys.', {
    value: 'DIR',
    path: 'write',
  }),
})
type KeysCall = Call<z.output<typeof schema>>

const ACTIONS: Readonly<Record<string, (call: KeysCall, name?: string) => Promise<string>>> = { create, list }

export const keysCommand = defineCommand({
  name: 'keys',
  summary: 'Makes and lists the keys that models are signed with.',
  description:
    'create NAME: makes a pair of Ed25519 keys. NAME.key signs (`telltale models sign --key`): only its owner can read it, and it should stay with the signer. NAME.pub checks ' +
    '(--require-signed): give it to whoever uses the models. list: the keys of the folder.',
  arguments: [
    actionArgument(ACTIONS),
    { name: 'name', description: 'Name of the new pair of keys.', optional: true },
  ],
  schema,
  examples: [
    'telltale keys create ana',
    'telltale keys list --folder keys',
    'telltale models sign pump@7 --key keys/ana.key --registry models',
    'telltale detect today.csv --model pump@champion --registry models --require-signed keys/ana.pub',
  ],
  async run(call: KeysCall) {
    const [action, name] = call.args
    call.io.stdout(await actionOf(ACTIONS, 'keys', action)(call, name))
    return EXIT_OK
  },
})

async function create({ options, cli, io }: KeysCall, name?: string): Promise<string> {
  if (name === undefined) throw createError('option-missing', { name: 'NAME' })
  const { id } = await createKeys(pathIn(io, options.folder), name)
  printNotes(io, [
    `${name}.key is the private key: keep it, and give ${name}.pub to those who use the models`,
  ])
  return formatRows([{ name, id }], cli.format)
}

async function list({ options, cli, io }: KeysCall, name?: string): Promise<string> {
  if (name !== undefined) throw tooManyArguments('keys list', [], [name])
  const keys = await listKeys(pathIn(io, options.folder))
  return formatRows(
    keys.map(({ name, id, hasPrivate }) => ({ name, id, private: hasPrivate })),
    cli.format,
  )
}
