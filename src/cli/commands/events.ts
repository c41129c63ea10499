import { userInfo } from 'node:os'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { formatRows, type Row } from '../../report/index.js'
import { addAcknowledgement } from '../acknowledgements.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { pathIn } from '../paths.js'
import { readStatus } from '../stream-status.js'

const schema = z.object({
  by: option(z.string().min(1).max(200).optional(), 'Who acknowledges. Default: the user of this machine.', {
    value: 'NAME',
  }),
  note: option(z.string().min(1).max(2000).optional(), 'What is known of the event.', { value: 'TEXT' }),
})

export const eventsCommand = defineCommand({
  name: 'events',
  summary: 'Lists the open events of a stream, and acknowledges one.',
  description:
    'list: the events that are open. ack: the receivers of the stream are sent that the event is known, by whom and with which note, and get no more updates of it; its end still comes. ' +
    'STATE is the state folder of the stream. A stream that does not run takes the acknowledgement at its next start.',
  arguments: [
    { name: 'action', description: 'list or ack.' },
    { name: 'state', description: 'Folder of --state.' },
    { name: 'id', description: 'Id of the event, for ack.', optional: true },
  ],
  schema,
  examples: [
    'telltale events list state',
    'telltale events list state --format json',
    'telltale events ack state pump-1/8c5f0e21 --note "bearing ordered"',
  ],
  async run({ args: [action, place, id], options, cli, io }) {
    const folder = pathIn(io, place!)
    const { open } = readStatus(folder)
    if (action === 'list') {
      const rows = open.map((event): Row => ({ ...event }))
      io.stdout(
        rows.length === 0 && cli.format === 'table'
          ? 'no event is open\n'
          : formatRows(rows, cli.format, COLUMNS),
      )
      return EXIT_OK
    }
    const where = 'the command line'
    if (action !== 'ack')
      throw createError('option-invalid', {
        name: 'ACTION',
        got: action!,
        where,
        wanted: 'it must be list or ack',
      })
    if (id === undefined) throw createError('option-missing', { name: 'ID' })
    const known = open.find(event => event.id === id)
    if (known === undefined) {
      const ids = open.map(event => event.id).slice(0, 5)
      const wanted = ids.length === 0 ? 'no event is open' : `open events are ${ids.join(', ')}`
      throw createError('option-invalid', { name: 'ID', got: id, where, wanted })
    }
    const by = options.by ?? userInfo().username
    addAcknowledgement(folder, { id, by, note: options.note, at: new Date().toISOString() })
    io.stdout(formatRows([{ acknowledged: id, by }], cli.format))
    return EXIT_OK
  },
})

const COLUMNS = ['id', 'device', 'start', 'score', 'severity']
