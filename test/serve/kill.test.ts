import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { sliceFrame } from '../../src/core/frame.js'
import { openSession } from '../../src/session/index.js'
import { addVersion, MODEL, messagesOf, PLANT } from './plant.js'

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const BATCH = 50

/** A server as a process, and how it is reached. */
async function start(folder: string): Promise<{ child: ChildProcess; url: string; key: string }> {
  const options = ['--models', join(folder, 'models'), '--data', join(folder, 'data'), '--port', '0']
  const child = spawn(process.execPath, [CLI, 'serve', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
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
    const headers = { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': type }) }
    const answer = await fetch(url, { headers, ...(body !== undefined && { method: 'POST', body }) })
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
