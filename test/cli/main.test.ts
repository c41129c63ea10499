import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { workshop } from './world.js'

const MAIN = resolve('dist/bin/telltale.js')
const ENDLESS = ['train', 'data.csv', '--rows', ':480', '--out', 'model', '--window', '10', '--workers', '1']
const FOREVER = [
  ...ENDLESS,
  '--detector',
  'autoencoder',
  '--epochs',
  '1000000',
  '--patience',
  '0',
  '--progress',
  'json',
]

function start(args: readonly string[], cwd: string): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  return { child, ended: new Promise(done => child.on('close', done)) }
}

/** Sends Ctrl-C, or worse, once training has reported an epoch; gives the exit code and stderr. */
async function interrupt(
  args: readonly string[],
  cwd: string,
  how: NodeJS.Signals = 'SIGINT',
): Promise<{ code: number | null; stderr: string }> {
  const { child, ended } = start(args, cwd)
  let stderr = ''
  let sent = false
  child.stderr?.on('data', data => {
    stderr += data
    if (!sent && stderr.includes('"event":"epoch"')) sent = child.kill(how)
  })
  return { code: await ended, stderr }
}

describe('the program', () => {
  it('stops at Ctrl-C with exit code 130 and leaves no model', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await interrupt(FOREVER, cwd)
    expect(code).toBe(130)
    expect(stderr).toContain('error [interrupted]: training was interrupted')
    expect(existsSync(join(cwd, 'model'))).toBe(false)
  })

  it('keeps the best weights at Ctrl-C when asked to', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await interrupt([...FOREVER, '--keep-best'], cwd)
    expect(code).toBe(0)
    expect(stderr).toContain('note: interrupted: kept the best weights so far')
    expect(existsSync(join(cwd, 'model', 'manifest.json'))).toBe(true)
  })

  it.each(['SIGKILL', 'SIGINT'] as const)(
    'goes on from its checkpoint after %s to the weights of a training that was not stopped, on other threads too',
    async how => {
      const cwd = await workshop({ trained: false })
      const train = (out: string) => [...FOREVER, '--epochs', '60', '--out', out]
      const kept = [...train('resumed'), '--checkpoint', 'unfinished']
      const { stderr } = await interrupt(kept, cwd, how)
      expect(stderr).not.toContain('"epoch":60,')
      expect(stderr.includes('note: the same command continues from unfinished')).toBe(how === 'SIGINT')
      expect(existsSync(join(cwd, 'resumed'))).toBe(false)
      const again = start([...kept, '--workers', '2'], cwd)
      let epochs = ''
      again.child.stderr?.on('data', data => (epochs += data))
      expect(await again.ended).toBe(0)
      expect(epochs).toContain('"epoch":60,')
      expect(epochs).not.toContain('"epoch":1,')
      expect(await start(train('whole'), cwd).ended).toBe(0)
      const weights = (model: string) => readFileSync(join(cwd, model, 'weights.safetensors'))
      expect(weights('resumed').equals(weights('whole'))).toBe(true)
      expect(existsSync(join(cwd, 'unfinished'))).toBe(false)
    },
  )

  it('says nothing when its reader goes away', async () => {
    const cwd = await workshop({ trained: false })
    const { child, ended } = start(['config'], cwd)
    let stderr = ''
    child.stderr?.on('data', data => (stderr += data))
    child.stdout?.destroy()
    expect([await ended, stderr]).toEqual([0, ''])
  })
})
