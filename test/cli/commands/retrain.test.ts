import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder, telltale } from '../world.js'

/** Two channels with a step of `level` in the first. */
function table(rows: number, level: number, phase = 0): string {
  const lines = ['time,flow,pressure']
  for (let i = 0; i < rows; i++) {
    const time = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString()
    const noise = (k: number) => 0.3 * Math.sin(i * k + phase) + 0.3 * Math.sin(i * k * 1.7)
    lines.push(
      `${time},${(level + Math.sin(i / 8) + noise(7.3)).toFixed(4)},${(2 + Math.cos(i / 8) + noise(5.1)).toFixed(4)}`,
    )
  }
  return `${lines.join('\n')}\n`
}
const REGISTRY = ['--registry', 'models']

async function workshop() {
  const cwd = scratchFolder()
  writeFileSync(join(cwd, 'history.csv'), table(1500, 0))
  writeFileSync(join(cwd, 'recent.csv'), table(1500, 5))
  const run = (...args: string[]) => telltale([...args, ...REGISTRY], { cwd })
  await run('train', 'history.csv', '--out', 'pump', '--detector', 'z-score', '--window', '10')
  await run('models', 'promote', 'pump@1')
  return { cwd, run }
}

describe('telltale retrain', () => {
  it('promotes a challenger that raises fewer false alarms, and says why in the history', async () => {
    const { run } = await workshop()
    const { code, stdout, stderr } = await run('retrain', 'recent.csv', '--model', 'pump@champion')
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect(stdout).toMatch(/^false alarms +\d+ +\d+ +passed$/m)
    expect(stdout).toContain('the challenger pump@2 is now champion')
    const list = await run('models', 'list', 'pump', '--format', 'json')
    expect(JSON.parse(list.stdout).map(({ aliases }: { aliases: string }) => aliases)).toEqual([
      '',
      'challenger, champion',
    ])
    const history = await run('models', 'history', 'pump')
    expect(history.stdout).toContain('retrain recent.csv: false alarms')
  })

  it('keeps the champion with --no-promote', async () => {
    const { run } = await workshop()
    const { code, stdout } = await run(
      'retrain',
      'recent.csv',
      '--model',
      'pump@champion',
      '--no-promote',
      '--format',
      'json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ version: 'pump@2', passed: true, promoted: null })
    const list = await run('models', 'list', 'pump', '--format', 'json')
    expect(JSON.parse(list.stdout).map(({ aliases }: { aliases: string }) => aliases)).toEqual([
      'champion',
      'challenger',
    ])
  })

  it('does not promote one that is worse: exit code 12', async () => {
    const { cwd, run } = await workshop()
    // It learns from a state that is over when the models are compared.
    const lines = table(1500, 0, 1).split('\n')
    const other = table(1500, 5, 1).split('\n')
    writeFileSync(join(cwd, 'mixed.csv'), [...other.slice(0, 1000), ...lines.slice(1000)].join('\n'))
    const { code, stdout } = await run(
      'retrain',
      'mixed.csv',
      '--model',
      'pump@champion',
      '--hold-out',
      '0.33',
    )
    expect(code).toBe(12)
    expect(stdout).toContain('the challenger pump@2 was not promoted')
  })

  it('needs a registry and a version', async () => {
    const { cwd, run } = await workshop()
    const bare = await telltale(['retrain', 'recent.csv', '--model', 'pump@champion'], { cwd })
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('--registry')])
    const plain = await run('retrain', 'recent.csv', '--model', 'pump')
    expect([plain.code, plain.stderr]).toEqual([
      2,
      expect.stringContaining('Write pump@latest or pump@champion'),
    ])
  })
})

describe('telltale retrain of a model that knows how its table is read', () => {
  it('makes one that knows the same', async () => {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'history.csv'), table(1500, 0))
    writeFileSync(join(cwd, 'recent.csv'), table(1500, 5))
    const run = (...args: string[]) => telltale([...args, ...REGISTRY], { cwd })
    const options = [
      '--detector',
      'z-score',
      '--window',
      '10',
      '--where',
      'pressure > 0',
      '--time-zone',
      '+01:00',
    ]
    await run('train', 'history.csv', '--out', 'pump', ...options)
    const { code } = await run('retrain', 'recent.csv', '--model', 'pump@1')
    expect([0, 12]).toContain(code)
    const [before, after] = await Promise.all(
      ['pump@1', 'pump@2'].map(async name =>
        JSON.parse((await run('show', name, '--format', 'json')).stdout),
      ),
    )
    expect(after.options).toEqual(before.options)
    expect(after.options).toMatchObject({ where: 'pressure > 0', timeZone: '+01:00' })
    expect([after.timeColumn, after.labelColumn]).toEqual([before.timeColumn, before.labelColumn])
  })
})

describe('telltale retrain of a fleet', () => {
  async function fleet() {
    const cwd = scratchFolder()
    const rows = (device: string, level: number, phase: number) =>
      table(1500, level, phase)
        .trim()
        .split('\n')
        .slice(1)
        .map(line => `${device},${line}`)
    const file = (name: string, ...parts: string[][]) =>
      writeFileSync(join(cwd, name), `pump,time,flow,pressure\n${parts.flat().join('\n')}\n`)
    file('history.csv', rows('a', 0, 0), rows('b', 0, 1), rows('c', 0, 2))
    // The state of `a` is another one now; `b` was in one that is over; of `c` there is nothing.
    const [over, now] = [rows('b', 5, 1), rows('b', 0, 1)]
    file('recent.csv', rows('a', 5, 0), [...over.slice(0, 1000), ...now.slice(1000)])
    const run = (...args: string[]) => telltale([...args, ...REGISTRY], { cwd })
    await run(
      'train',
      'history.csv',
      '--group-by',
      'pump',
      '--out',
      'pumps',
      '--detector',
      'z-score',
      '--window',
      '10',
    )
    await run('models', 'promote', 'pumps@1')
    return run
  }
  const ids = async (run: Awaited<ReturnType<typeof fleet>>, name: string) => {
    const { stdout } = await run('show', name, '--format', 'json')
    return Object.fromEntries(
      JSON.parse(stdout).map(({ device, id }: { device: string; id: string }) => [device, id]),
    )
  }

  it('makes a version with the challengers that pass and the models of the others', async () => {
    const run = await fleet()
    const { code, stdout } = await run('retrain', 'recent.csv', '--model', 'pumps@champion')
    expect(stdout).toMatch(/^a .*new model$/m)
    expect(stdout).toMatch(/^b .*keeps its model$/m)
    expect(stdout).toContain('1 of 2 devices has a new model; pumps@2 is now champion')
    expect(code).toBe(0)
    const [before, after] = [await ids(run, 'pumps@1'), await ids(run, 'pumps@2')]
    expect(Object.keys(after)).toEqual(['a', 'b', 'c'])
    expect(after.a).not.toBe(before.a)
    expect([after.b, after.c]).toEqual([before.b, before.c])
  })

  it('refuses one device of it, and needs a device that it has a model of', async () => {
    const run = await fleet()
    const { code, stderr } = await run('retrain', 'recent.csv', '--model', 'pumps@1', '--device', 'a')
    expect([code, stderr]).toEqual([2, expect.stringContaining('must be left out')])
    const strange = await run('retrain', 'history.csv', '--model', 'pumps@1', '--where', "pump = 'x'")
    expect(strange.code).not.toBe(0)
    expect(Object.keys(await ids(run, 'pumps@1'))).toEqual(['a', 'b', 'c'])
    expect((await run('show', 'pumps@2')).code).not.toBe(0)
  })
})
