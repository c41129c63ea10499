import { userInfo } from 'node:os'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { formatRows, type Row } from '../../report/index.js'
import { addAcknowledgement } from '../acknowledgements.js'
import { actionOf } from '../action.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'
import { readStatus } from '../stream-status.js'

const schema = z.object({
  by: option(z.string().min(1).max(200).optional(), 'Who acknowledges. Default: the user of this machine.', {
    value: 'NAME',
  }),
  note: option(z.string().min(1).max(2000).optional(), 'What is known of the event.', { value: 'TEXT' }),
})
type Options = z.output<typeof schema>

export const eventsCommand = defineCommand({
  name: 'events',
  summary: 'Lists the open events of a stream, and acknowledges one.',
  description:
    'list: the events that are open. ack: the receivers of the stream are sent that the event is known, by whom and with which note, and get no more updates of it; its end still comes. ' +
    'STATE is the state folder of the stream. A stream that does not run takes the acknowledgement at its next start.',
  arguments: [
    { name: 'action', description: 'list or ack.' },
    { name: 'state', description: 'Folder of --state.' },
    {
      name: 'id',
      description: 'Id of the event, for ack: DEVICE/ID, or ID alone where one device has it.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale events list state',
    'telltale events list state --format json',
    'telltale events ack state pump-1/e20240101T100000000 --note "bearing ordered"',
  ],
  async run(call) {
    const [action, place] = call.args
    return actionOf(ACTIONS, 'events', action!)(call, pathIn(call.io, place!))
  },
})

const ACTIONS = { list, ack }

async function list({ cli, io }: Call, folder: string): Promise<number> {
  const rows = readStatus(folder).open.map((event): Row => ({ ...event }))
  const isEmpty = rows.length === 0 && cli.format === 'table'
  io.stdout(isEmpty ? 'no event is open\n' : formatRows(rows, cli.format, COLUMNS))
  return EXIT_OK
}

async function ack({ args: [, , id], options, cli, io }: Call<Options>, folder: string): Promise<number> {
  if (id === undefined) throw createError('option-missing', { name: 'ID' })
  const { open } = readStatus(folder)
  // Without the device, an id may stand for events of several.
  const found = open.filter(event => event.id === id || event.id.endsWith(`/${id}`))
  const [known] = found
  if (known === undefined || found.length > 1) {
    const ids = (found.length > 1 ? found : open).map(event => event.id).slice(0, 5)
    const wanted = ids.length === 0 ? 'no event is open' : `open events are ${ids.join(', ')}`
    throw createError('option-invalid', { name: 'ID', got: id, where: 'the command line', wanted })
  }
  if (known.acknowledged) printNotes(io, [`${known.id} is acknowledged already`])
  const by = options.by ?? userInfo().username
  addAcknowledgement(folder, { id: known.id, by, note: options.note, at: new Date().toISOString() })
  io.stdout(formatRows([{ acknowledged: known.id, by }], cli.format))
  return EXIT_OK
}

const COLUMNS = ['id', 'device', 'start', 'score', 'severity', 'acknowledged']
