import { availableParallelism } from 'node:os'
import { createSecureContext } from 'node:tls'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option, positiveInteger } from '../../core/options.js'
import { readWhole } from '../../files/index.js'
import { createServer, DEFAULT_LIMITS, readStreamPlans, type Server } from '../../serve/index.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { pathIn } from '../paths.js'

const megabytes = (bytes: number) => bytes / 1024 ** 2

const schema = z.strictObject({
  models: option(z.string().min(1), 'Folder of the registry of models, see `telltale models`.', {
    value: 'REGISTRY',
  }),
  data: option(
    z.string().min(1).default('telltale-data'),
    'Folder of all that the server keeps: events, samples, keys, states of streams.',
    { value: 'DIR', path: 'write' },
  ),
  port: option(z.number().int().min(0).max(65_535).default(8080), 'Port; 0 takes a free one.', {
    value: 'N',
  }),
  host: option(
    z.string().min(1).default('127.0.0.1'),
    'Address to listen on. 0.0.0.0 is reachable from other machines: use TLS then.',
    { value: 'HOST' },
  ),
  allowHost: option(
    z.array(z.string().min(1)).optional(),
    'Further names by which clients reach this server.',
    {
      value: 'LIST',
    },
  ),
  streams: option(z.string().min(1).optional(), 'File of the streams, YAML or JSON; see docs/server.md.', {
    value: 'FILE',
    path: 'read',
  }),
  tlsCert: option(z.string().min(1).optional(), 'File of the certificate, PEM; needs --tls-key.', {
    value: 'FILE',
    path: 'read',
  }),
  tlsKey: option(z.string().min(1).optional(), 'File of the private key, PEM.', {
    value: 'FILE',
    path: 'read',
  }),
  tlsClientCa: option(
    z.string().min(1).optional(),
    'File of the authority that certificates of clients must come from, PEM: clients without one are refused.',
    { value: 'FILE', path: 'read' },
  ),
  workers: option(positiveInteger().max(64).optional(), 'Threads that score. Default: cores minus one.', {
    value: 'N',
  }),
  keepDays: option(positiveInteger().max(36_500).default(30), 'Days that samples and events are kept.', {
    value: 'N',
  }),
  openMetrics: option(
    z.boolean().default(false),
    'Answer /metrics without a key, from every host that reaches the server.',
  ),
  deviceMetrics: option(
    z.boolean().default(false),
    'Give the score of each device in /metrics, 1000 at most.',
  ),
  trainingMemory: option(positiveInteger().default(2048), 'Memory limit of a training, MB.', { value: 'MB' }),
  maxBody: option(
    positiveInteger().max(1024).default(megabytes(DEFAULT_LIMITS.bodyBytes)),
    'Largest body of a request, MB.',
    { value: 'MB' },
  ),
  maxRows: option(positiveInteger().default(DEFAULT_LIMITS.rows), 'Most rows of a series in a request.', {
    value: 'N',
  }),
  maxColumns: option(
    positiveInteger().default(DEFAULT_LIMITS.columns),
    'Most columns of a series in a request.',
    {
      value: 'N',
    },
  ),
  maxSeconds: option(
    positiveInteger()
      .max(3600)
      .default(DEFAULT_LIMITS.requestMs / 1000),
    'Time within which a request must have come whole, seconds.',
    { value: 'N' },
  ),
  maxRate: option(
    positiveInteger().default(DEFAULT_LIMITS.perSecond),
    'Most requests a second with one key, or from one address without one.',
    { value: 'N' },
  ),
  maxConcurrent: option(
    positiveInteger().default(DEFAULT_LIMITS.concurrent),
    'Most requests that are worked on at the same time.',
    { value: 'N' },
  ),
})
type Options = z.output<typeof schema>

export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'Serves models, live streams and events over HTTP, with a page.',
  description:
    'Listens on this machine only unless --host says otherwise. Everything that scores, lists or changes needs an API key (`telltale api keys create`); the first ' +
    'start makes one for an administrator and prints it once. /openapi.json describes every route. Ctrl-C and SIGTERM stop in order; a server that was ' +
    'killed continues where it was. docs/server.md has the limits, the roles and the file of streams.',
  arguments: [],
  schema,
  examples: [
    'telltale serve --models models',
    'telltale serve --models models --data plant --port 9000 --streams streams.yaml',
    'telltale serve --models models --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem --allow-host telltale.example',
  ],
  async run({ options, io, log }: Call<Options>) {
    const server = await createServer({
      models: pathIn(io, options.models),
      data: pathIn(io, options.data),
      host: options.host,
      allowHosts: options.allowHost,
      tls: await tlsOf(options, path => readWhole(pathIn(io, path), TLS_LIMIT_BYTES, { shown: path })),
      streams: options.streams === undefined ? [] : await readStreamPlans(pathIn(io, options.streams)),
      threads: options.workers ?? Math.max(1, availableParallelism() - 1),
      keepDays: options.keepDays,
      openMetrics: options.openMetrics,
      deviceMetrics: options.deviceMetrics,
      trainingMb: options.trainingMemory,
      limits: {
        bodyBytes: options.maxBody * 1024 ** 2,
        rows: options.maxRows,
        columns: options.maxColumns,
        requestMs: options.maxSeconds * 1000,
        perSecond: options.maxRate,
        concurrent: options.maxConcurrent,
      },
      trusted: io.trusted,
      env: io.env,
      log,
    })
    try {
      const address = await server.listen(options.port)
      io.stdout(await greeting(server, address))
      await new Promise<void>(resolve => {
        if (io.signal.aborted) resolve()
        io.signal.addEventListener('abort', () => resolve(), { once: true })
      })
    } finally {
      await server.close()
    }
    return EXIT_OK
  },
})

/** What a person needs to begin: the address, and at the first start the key of the administrator. */
async function greeting({ services: { keys, streams } }: Server, address: string): Promise<string> {
  const failed = streams.list().filter(({ state }) => state === 'failed')
  const lines = [
    `telltale serves ${address}`,
    ...failed.map(({ name, error }) => `the stream ${name} could not start: ${error}`),
  ]
  if ((await keys.list()).length === 0) {
    const { key } = await keys.create('admin', 'admin')
    lines.push(`first key (admin), shown once: ${key}`, `page: ${address}/app/#key=${key}`)
  } else lines.push(`page: ${address}/app/`)
  return `${lines.join('\n')}\n`
}

const TLS_LIMIT_BYTES = 1024 * 1024

async function tlsOf(
  { tlsCert, tlsKey, tlsClientCa }: Pick<Options, 'tlsCert' | 'tlsKey' | 'tlsClientCa'>,
  read: (path: string) => Promise<Buffer>,
) {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined
  if (tlsCert === undefined) throw createError('option-missing', { name: '--tls-cert' })
  if (tlsKey === undefined) throw createError('option-missing', { name: '--tls-key' })
  const tls = {
    cert: await read(tlsCert),
    key: await read(tlsKey),
    ...(tlsClientCa !== undefined && { ca: await read(tlsClientCa) }),
  }
  try {
    createSecureContext(tls)
  } catch (error) {
    const reason = `it is no PEM file that fits --tls-key (${(error as Error).message})`
    throw createError('file-unreadable', { file: tlsCert, reason }, error)
  }
  return tls
}
