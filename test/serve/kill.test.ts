import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { openKeys } from '../../src/serve/index.js'
import { openSession } from '../../src/session/index.js'
import { addVersion, MODEL, messagesOf, PLANT } from './plant.js'

const CLI = fileURLToPath(new URL('../../dist/bin/telltale.js', import.meta.url))
const BATCH = 50

/** A server as a process, and how it is reached. */
async function start(folder: string): Promise<{ child: ChildProcess; url: string; key: string }> {
  const options = ['--models', join(folder, 'models'), '--data', join(folder, 'data'), '--port', '0']
  const child = spawn(process.execPath, [CLI, 'serve', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const text = await new Promise<string>(resolve => {
    let all = ''
    child.stdout?.on('data', bytes => {
      all += bytes
      if (/page: \S+\n/.test(all)) resolve(all)
    })
  })
  const [, url, key = ''] = /page: (\S+)\/app\/(?:#key=(\S+))?/.exec(text) as RegExpExecArray
  return { child, url, key }
}

it('a server that was killed under load has lost nothing that it acknowledged, and continues with the same bits', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-kill-'))
  await addVersion(join(folder, 'models'))
  const first = await start(folder)
  const { key } = first
  const ask = async (url: string, body?: string, type = 'application/x-ndjson') => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': type }) }
    const answer = await fetch(url, {
      headers,
      ...(body !== undefined && { method: 'POST', body: body || undefined }),
    })
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
    return answer.json() as Promise<Record<string, never>>
  }
  await ask(`${first.url}/api/v1/streams`, '{"name":"plant","model":"pump"}', 'application/json')
  const push = (url: string, from: number) =>
    ask(`${url}/api/v1/streams/plant/messages`, messagesOf(PLANT.test, 'p7', from, from + BATCH))
  let acknowledged = 0
  for (let from = 0; from < 500; from += BATCH) {
    await push(first.url, from)
    acknowledged = from + BATCH
  }
  const pending = push(first.url, 500).catch(() => undefined)
  first.child.kill('SIGKILL')
  await pending
  const second = await start(folder)
  const device = await ask(`${second.url}/api/v1/devices/plant:p7`)
  const samples = Number(device.samples)
  expect([acknowledged, acknowledged + BATCH]).toContain(samples)
  for (let from: number = samples; from < 1500; from += BATCH) await push(second.url, from)
  await ask(`${second.url}/api/v1/streams/plant/stop`, '')
  const { items } = await ask(`${second.url}/api/v1/events?limit=1000`)
  const { events } = openSession(MODEL, { alignment: 'causal', expected: true }).push(
    sliceFrame(PLANT.test, 0, 1500),
  )
  const opened = events.filter(({ type }) => type === 'opened').map(({ event }) => `plant:p7:${event.id}`)
  expect((items as { id: string }[]).map(({ id }) => id).sort()).toEqual(opened.sort())
  const audit = (await ask(`${second.url}/api/v1/audit`)).items as { action: string }[]
  expect(audit.map(({ action }) => action)).toContain('stream.create')
  const ended = new Promise(resolve => second.child.once('exit', resolve))
  second.child.kill('SIGTERM')
  expect(await ended).toBe(0)
  await rm(folder, { recursive: true, force: true })
}, 120_000)

/** What a client was told is kept. */
interface Told {
  samples: number
  readonly feedback: Map<string, string>
  readonly keys: Set<string>
  readonly audit: string[]
}

/** Kills of one server, one after the other, at random moments under load. `KILLS=50` for the long form. */
it('kills at random moments lose no acknowledged sample, event, feedback, key or line of the audit log', async () => {
  const kills = Number(process.env.KILLS ?? 3)
  const random = createRandom(11)
  const folder = await mkdtemp(join(tmpdir(), 'telltale-kills-'))
  await addVersion(join(folder, 'models'))
  const told: Told = { samples: 0, feedback: new Map(), keys: new Set(), audit: [] }
  let sent = 0
  let server = await start(folder)
  const { key } = server
  const ask = async (method: string, path: string, body?: string, type = 'application/json') => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': type }) }
    const answer = await fetch(`${server.url}/api/v1${path}`, { method, headers, body })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json() as Promise<Record<string, never>>
  }
  await ask('POST', '/streams', '{"name":"plant","model":"pump"}')
  const keys = openKeys(join(folder, 'data'))

  /** Works until the server is gone. */
  async function load(): Promise<void> {
    for (;;) {
      const from = sent
      sent += 5
      await ask(
        'POST',
        '/streams/plant/messages',
        messagesOf(PLANT.test, 'p7', from, from + 5),
        'application/x-ndjson',
      )
      told.samples = sent
      if (from % 25 === 0) {
        const name = `key-${from}`
        await keys.create(name, 'viewer')
        told.keys.add(name)
      }
      if (from % 15 !== 0) continue
      const { items } = await ask('GET', '/events?limit=1000')
      const events = items as { id: string; feedback: unknown }[]
      const open = events.find(({ id }) => !told.feedback.has(id))
      if (open === undefined) continue
      const note = `said after ${from}`
      await ask(
        'POST',
        `/events/${encodeURIComponent(open.id)}/feedback`,
        JSON.stringify({ verdict: 'confirmed', note }),
      )
      told.feedback.set(open.id, note)
      told.audit.push(`/api/v1/events/${encodeURIComponent(open.id)}/feedback`)
    }
  }

  for (let kill = 0; kill < kills; kill++) {
    const gone = new Promise(resolve => server.child.once('exit', resolve))
    const working = load().catch(error => {
      if (/: \d{3} /.test(error.message)) throw error
    })
    // After this number of acknowledged samples, and a moment that no client chooses.
    const wanted = told.samples + 5 * random.integer(8)
    while (told.samples < wanted) await new Promise(resolve => setImmediate(resolve))
    for (let turn = random.integer(2000); turn > 0; turn--)
      await new Promise(resolve => setImmediate(resolve))
    server.child.kill('SIGKILL')
    await gone
    await working
    server = await start(folder)
    const device = await ask('GET', '/devices/plant:p7').catch(() => ({ samples: 0 }))
    const samples = Number(device.samples)
    expect(samples, `kill ${kill}`).toBeGreaterThanOrEqual(told.samples)
    expect(samples, `kill ${kill}`).toBeLessThanOrEqual(sent)
    sent = samples
    told.samples = samples
    const events = (await ask('GET', '/events?limit=1000')).items as {
      id: string
      feedback: { note: string } | null
    }[]
    for (const [id, note] of told.feedback)
      expect(events.find(one => one.id === id)?.feedback?.note, `kill ${kill}`).toBe(note)
    const names = (await keys.list()).map(({ name }) => name)
    for (const name of told.keys) expect(names).toContain(name)
    const audit = (await ask('GET', '/audit?limit=1000')).items as { subject: string }[]
    for (const subject of told.audit) expect(audit.map(line => line.subject)).toContain(subject)
  }
  await ask('POST', '/streams/plant/stop')
  const { events } = openSession(MODEL, { alignment: 'causal', expected: true }).push(
    sliceFrame(PLANT.test, 0, sent),
  )
  const opened = events.filter(({ type }) => type === 'opened').map(({ event }) => `plant:p7:${event.id}`)
  const { items } = await ask('GET', '/events?limit=1000')
  expect((items as { id: string }[]).map(({ id }) => id).sort()).toEqual(opened.sort())
  server.child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
}, 3_600_000)
