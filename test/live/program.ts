import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { trainModel } from '../../src/pipeline/index.js'
import { saveModel } from '../../src/store/index.js'
import { swinging } from '../pipeline/machine.js'

/** The built program. */
export const PROGRAM = join(import.meta.dirname, '../../dist/bin/telltale.js')

/** 2,000 later samples of the machine of the model, with three faults. */
export function liveFrame(samples = 2000): Frame {
  const frame = swinging(samples, 2)
  const values = Float64Array.from(frame.values)
  for (const at of [0.3, 0.6, 0.9])
    for (let i = Math.floor(at * samples); i < at * samples + 15; i++) values[2 * i] += 3
  const timeMs = frame.timeMs.map(time => time + 600 * 60_000)
  return { ...frame, timeMs, values }
}

export function toNdjson({ timeMs, values, channels }: Frame, more: object = {}): string[] {
  return Array.from(timeMs, (time, i) =>
    JSON.stringify({
      time: new Date(time).toISOString(),
      ...more,
      ...Object.fromEntries(channels.map((name, c) => [name, values[i * channels.length + c]])),
    }),
  )
}

export function toCsv({ timeMs, values, channels }: Frame): string[] {
  const rows = Array.from(timeMs, (time, i) =>
    [new Date(time).toISOString(), ...values.subarray(i * channels.length, (i + 1) * channels.length)].join(),
  )
  return [`time,${channels.join()}`, ...rows]
}

/** Saves a small model of the machine in `folder/model`. */
export async function trainSmall(folder: string): Promise<void> {
  const model = await trainModel(swinging(500, 1), { window: 12, workers: 1, quantile: 0.999 }, {})
  await saveModel({ ...model, info: { ...model.info, timeColumn: 'time' } }, join(folder, 'model'))
}

export interface Run {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; stderr: string; stdout: string }>
}

/** Starts `telltale stream` in a folder; `onLine` hears each line of stderr. @param env added to the environment */
export function stream(
  cwd: string,
  args: readonly string[],
  onLine: (line: string) => void = () => {},
  env: Readonly<Record<string, string>> = {},
): Run {
  const options = { cwd, env: { ...process.env, ...env } }
  const child = spawn(process.execPath, [PROGRAM, 'stream', '--model', 'model', ...args], options)
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  let stdout = ''
  child.stderr.on('data', chunk => {
    for (const line of String(chunk).split('\n').filter(Boolean)) onLine(line)
    stderr += chunk
  })
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  const ended = new Promise<{ code: number | null; stderr: string; stdout: string }>(resolve => {
    child.on('close', code => resolve({ code, stderr, stdout }))
  })
  return { child, ended }
}

export const linesOf = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []

/** The lines of a file that is being written, without one that has no end yet. */
export const finishedLinesOf = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []

/** Ids of events that opened and closed; how often they went on depends on how messages come together. */
export const idsOf = (path: string): string[] =>
  linesOf(path)
    .map(line => JSON.parse(line).id as string)
    .filter(id => !id.includes('/updated/'))

/** What a file with the same messages gives; `id` is their device. */
export async function wantedOf(folder: string, lines: readonly string[]) {
  writeFileSync(join(folder, 'live.ndjson'), `${lines.join('\n')}\n`)
  const args = ['--source', 'live.ndjson', '--no-follow', '--map', 'device=id', '--state', 'wanted']
  const { code, stderr } = await stream(folder, [...args, '--events', 'we.jsonl', '--scores', 'ws.jsonl'])
    .ended
  expect(code, stderr).toBe(0)
  const events = idsOf(join(folder, 'we.jsonl'))
  expect(events.length).toBeGreaterThan(2)
  return { scores: linesOf(join(folder, 'ws.jsonl')), events }
}
