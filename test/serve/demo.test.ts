import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createLogger } from '../../src/observe/index.js'
import { runDemo } from '../../src/serve/index.js'

it('the demo explains a first alarm of the device that has the first fault', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-demo-test-'))
  const abort = new AbortController()
  const lines: string[] = []
  let done = Promise.resolve()
  const alarm = new Promise<string>(resolve => {
    const print = (line: string) => {
      lines.push(line)
      if (line.startsWith('alarm')) resolve(line)
    }
    const log = createLogger({ level: 'error' }, { stderr: line => void lines.push(line) })
    done = runDemo({ folder, port: 0, log, signal: abort.signal, print }).catch(error =>
      resolve(String(error)),
    )
  })
  expect(await alarm).toMatch(/^alarm: pump-1: power /)
  expect(lines.some(line => /^open http:\/\/127\.0\.0\.1:\d+\/app\/#key=tt_/.test(line))).toBe(true)
  abort.abort()
  await done
  await rm(folder, { recursive: true, force: true })
}, 60_000)
