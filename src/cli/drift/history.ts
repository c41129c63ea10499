import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { DAY_MS } from '../../core/milliseconds.js'
import { driftHistory } from '../../drift/index.js'
import { formatNumber, formatRows, type Row } from '../../report/index.js'
import { EXIT_OK } from '../exit-codes.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'
import { readLines } from './history-file.js'
import type { DriftCall } from './options.js'

/** `telltale drift history FILE`: how channels developed over the checks of a file. */
export async function history({ options, cli, io }: DriftCall, name: string | undefined): Promise<number> {
  const file = name ?? options.history
  if (file === undefined) throw createError('option-missing', { name: 'FILE' })
  const { lines, bad } = await readLines(pathIn(io, file), file)
  if (bad.length > 0)
    printNotes(io, [
      `${counted(bad.length, 'line')} ${bad.length === 1 ? 'is no check and is' : 'are no checks and are'} left out: ${bad.slice(0, 5).join(', ')}`,
    ])
  const checks = lines.map(line => ({ ...line, atMs: Date.parse(line.at) })).sort((a, b) => a.atMs - b.atMs)
  const last = checks[checks.length - 1]
  const recent = checks.filter(({ atMs }) => atMs > last.atMs - options.days * DAY_MS)
  const channels = driftHistory(recent, options.alpha)
  const drifted = recent.filter(check => check.drifted).length
  const facts = {
    from: recent[0].at,
    to: last.at,
    checks: recent.length,
    drifted,
    alerts: recent.filter(({ alert }) => alert).length,
  }
  if (cli.format === 'json') {
    io.stdout(
      `${JSON.stringify({ ...facts, verdict: last.verdict, reason: last.reason, channels }, null, 2)}\n`,
    )
    return EXIT_OK
  }
  const number = (value: number | null) => (value === null ? null : Number(formatNumber(value, 3)))
  io.stdout(
    formatRows(
      channels.map(
        (one): Row => ({
          channel: one.channel,
          checks: one.checks,
          drifted: one.drifted,
          'last drift': one.level,
          'distance (sd)': number(one.distance),
          'change (sd/day)': number(one.slope),
          p: number(one.pValue),
          trend: one.trend,
        }),
      ),
      cli.format,
    ),
  )
  if (cli.format === 'table')
    io.stdout(
      `\n${drifted} of ${counted(recent.length, 'check')} from ${facts.from} to ${facts.to} found drift; the last one: ${last.verdict}. ${last.reason}\n`,
    )
  return EXIT_OK
}
