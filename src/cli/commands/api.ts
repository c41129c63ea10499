import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { formatRows } from '../../report/index.js'
import { openKeys, ROLES } from '../../serve/index.js'
import { actionArgument, actionOf, actionUnknown, tooManyArguments } from '../action.js'
import { askServer, checkServer, testServer } from '../api-client.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { pathIn } from '../paths.js'

const schema = z.strictObject({
  data: option(z.string().min(1).default('telltale-data'), 'Data folder of the server, for keys.', {
    value: 'DIR',
    path: 'write',
  }),
  role: option(
    z.enum(ROLES).default('viewer'),
    'Role of a new key. viewer: reads and scores; operator: gives feedback, trains, pushes messages; admin: makes and removes streams, too.',
    { value: 'ROLE' },
  ),
  url: option(z.string().min(1).default('http://127.0.0.1:8080'), 'Address of the server.', { value: 'URL' }),
  key: option(
    z.string().min(1).optional(),
    'API key; better in TELLTALE_API_KEY, where other users do not see it.',
    {
      value: 'KEY',
      secret: true,
    },
  ),
})
type ApiCall = Call<z.output<typeof schema>>

const ACTIONS: Readonly<Record<string, (call: ApiCall, names: readonly string[]) => Promise<string>>> = {
  keys,
  check: async ({ cli, io }) => formatRows(await checkServer(io.cwd), cli.format),
  status: async ({ options, cli, io }) => {
    const key = options.key
    const status = await askServer(options.url, '/api/v1/status', key, io.signal)
    const rows = Object.entries(status as object).map(([fact, value]) => ({ fact, value }))
    return formatRows(rows, cli.format)
  },
  test: async ({ options, cli, io }) =>
    formatRows(await testServer(options.url, options.key, io.signal), cli.format),
}

export const apiCommand = defineCommand({
  name: 'api',
  summary: 'Makes API keys of a server, and asks a server how it is.',
  description:
    'keys create NAME: makes a key and prints it once; only its hash is kept. keys list, keys revoke NAME: count within two seconds, without a restart. check: whether this ' +
    'machine has what a server needs. status: what a server does, in numbers. test: asks the routes of a server, and scores a window with each of its models.',
  arguments: [
    actionArgument(ACTIONS),
    { name: 'what', description: 'create, list or revoke, for keys.', optional: true },
    { name: 'name', description: 'Name of a key.', optional: true },
  ],
  schema,
  examples: [
    'telltale api keys create dashboard --role viewer --data plant',
    'telltale api keys list --data plant',
    'telltale api keys revoke dashboard --data plant',
    'telltale api check',
    'telltale api status --url http://127.0.0.1:8080',
    'telltale api test --url http://127.0.0.1:8080',
  ],
  async run(call: ApiCall) {
    const [name, ...names] = call.args
    const action = actionOf(ACTIONS, 'api', name)
    if (name !== 'keys' && names.length > 0) throw tooManyArguments(`api ${name}`, [], names)
    call.io.stdout(await action(call, names))
    return EXIT_OK
  },
})

const KEY_ACTIONS = ['create', 'list', 'revoke']

async function keys({ options, cli, io }: ApiCall, [what, name]: readonly string[]): Promise<string> {
  if (what === undefined) throw createError('option-missing', { name: 'create, list or revoke' })
  if (!KEY_ACTIONS.includes(what)) throw actionUnknown('api keys', what, KEY_ACTIONS)
  const store = openKeys(pathIn(io, options.data))
  const row = ({ name, role, createdAt }: Awaited<ReturnType<typeof store.list>>[number]) => ({
    name,
    role,
    createdAt,
  })
  if (what === 'list') return formatRows((await store.list()).map(row), cli.format)
  if (name === undefined) throw createError('option-missing', { name: 'NAME' })
  if (what === 'revoke') return formatRows([row(await store.revoke(name))], cli.format)
  const { key, stored } = await store.create(name, options.role)
  return formatRows([{ ...row(stored), key }], cli.format)
}
