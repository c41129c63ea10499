import { basename } from 'node:path'
import { z } from 'zod'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { readOptions } from '../../ingest/index.js'
import { formatRows } from '../../report/index.js'
import { createRuntime } from '../../runtime/index.js'
import { findFleet, verifyModel } from '../../store/index.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { openAnyFleet, readRecording } from '../fleet.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { loadTrusted } from '../open-model.js'
import { verifyPaths } from '../verify/index.js'
import { readTablesWhole } from '../verify/input.js'

const schema = z.object({
  mqtt: option(
    z
      .string()
      .regex(/^(mqtts?|wss?):\/\//, 'must be a URL such as mqtt://host')
      .optional(),
    'Broker for the path over MQTT. Default: mosquitto on a free port, where it is installed.',
    { value: 'URL' },
  ),
  kafka: option(
    z.string().min(1).optional(),
    'Cluster for the path over Kafka, kafka://host:9092/PREFIX: topics PREFIX.verify.* are made and removed again. Default: this path is skipped.',
    { value: 'URL' },
  ),
})
type Options = z.output<typeof schema>

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Checks the files of a model against their hashes, or that a table scores the same on every path.',
  description:
    'With MODEL: every byte against the hashes in its manifest, one row per file. With MODEL and DATA: the table is scored whole, in chunks with the state saved and restored, from ' +
    'standard input, from a growing file, over MQTT, over Kafka and by a server; one row per path says whether the scores have the same bits and the events are equal, with the first difference, ' +
    'or why the path was skipped. Exit code 4 when a file is damaged or missing, a path differs or fails, or with --require-signed none of the keys signed the model.',
  arguments: [
    {
      name: 'model',
      reads: true,
      description: 'Folder or file of the model, folder of a fleet, or NAME@VERSION.',
    },
    {
      name: 'data',
      reads: true,
      optional: true,
      description: 'Table that is scored on every path: a file, a pattern or a folder.',
    },
  ],
  schema,
  examples: [
    'telltale verify model',
    'telltale verify model --format json',
    'telltale verify pump@7 --registry models',
    'telltale verify model today.csv',
    'telltale verify model today.csv --mqtt mqtt://localhost --kafka kafka://localhost:9092/plant',
  ],
  async run(call) {
    if (call.args[1] !== undefined) return verifyTable(call, call.args[0], call.args[1])
    const {
      args: [path],
      cli,
      io,
    } = call
    const place = await modelIn(io, cli, path)
    const { files, extra } = await verifyAll(place)
    const rows = files.map(({ name, sizeBytes, sha256, ok, reason }) => ({
      file: name,
      state: ok ? 'ok' : `damaged: ${reason}`,
      bytes: sizeBytes,
      sha256: cli.format === 'table' ? sha256.slice(0, 12) : sha256,
    }))
    io.stdout(formatRows(rows, cli.format))
    printNotes(
      io,
      extra.map(name => `${name} is not part of the model and is never read`),
    )
    const damaged = files.find(({ ok }) => !ok)
    if (damaged) {
      throw createError('artefact-damaged', {
        path,
        file: damaged.name,
        reason: damaged.reason ?? 'it differs',
      })
    }
    if (io.trusted !== undefined)
      for (const model of (await findFleet(place))?.map(member => member.path) ?? [place])
        await loadTrusted(io, model)
    return EXIT_OK
  },
})

async function verifyTable(call: Call<Options>, model: string, data: string): Promise<number> {
  const { cli, io, log, progress, options } = call
  if (data === '-')
    throw createError('option-conflict', { first: 'DATA -', second: 'a table that is read several times' })
  const place = await modelIn(io, cli, model)
  const fleet = await openAnyFleet(io, place, createRuntime(1))
  const { devices } = await readRecording(
    io,
    data,
    fleet,
    { ...readOptions.parse({}), missing: 'keep' },
    progress,
  )
  const { repeated, ...tables } = await readTablesWhole(devices, fleet)
  progress.finish()
  if (repeated > 0)
    printNotes(io, [
      `${counted(repeated, 'sample')} ${repeated === 1 ? 'has' : 'have'} the time of the one before: streams refuse ${repeated === 1 ? 'it' : 'them'}, detect scores ${repeated === 1 ? 'it' : 'them'}; left out on every path here, as with --duplicate-times first`,
    ])
  const { rows, different, failed } = await verifyPaths({
    io,
    log,
    place,
    data,
    fleet,
    ...tables,
    ...options,
  })
  io.stdout(formatRows(rows, cli.format))
  const codes = [
    ['paths-differ', different],
    ['paths-failed', failed],
  ] as const
  for (const [code, [first, ...others]] of codes)
    if (first !== undefined)
      throw createError(code, {
        count: others.length + 1,
        path: String(first.path),
        reason: String(first.detail),
      })
  return EXIT_OK
}

/** The files of a model, or of all models of a fleet, each with the folder of its device. */
async function verifyAll(path: string): Promise<Awaited<ReturnType<typeof verifyModel>>> {
  const members = await findFleet(path)
  if (members === undefined) return verifyModel(path)
  const checks = []
  for (const member of members) {
    const inFolder = (name: string) => `${basename(member.path)}/${name}`
    const { files, extra } = await verifyModel(member.path)
    checks.push({
      files: files.map(file => ({ ...file, name: inFolder(file.name) })),
      extra: extra.map(inFolder),
    })
  }
  return { files: checks.flatMap(({ files }) => files), extra: checks.flatMap(({ extra }) => extra) }
}
