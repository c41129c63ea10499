import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { scratchFolder, smallTable, telltale } from '../world.js'

let cwd: string
beforeEach(async () => {
  cwd = scratchFolder()
  writeFileSync(join(cwd, 'data.csv'), smallTable())
})

const env = { TELLTALE_REGISTRY: 'models' }
const run = (...args: string[]) => telltale(args, { cwd, env })
const train = (...more: string[]) =>
  run(
    'train',
    'data.csv',
    '--rows',
    ':400',
    '--detector',
    'z-score',
    '--window',
    '10',
    '--workers',
    '1',
    ...more,
  )
const rows = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args, '--format', 'json')
  expect([code, stderr.replace(/^note: .*\n/gm, '')]).toEqual([0, ''])
  return JSON.parse(stdout)
}

describe('the name of a version', () => {
  it('is one word, which the error shows', async () => {
    const { code, stderr } = await run('models', 'promote', 'pump', '1')
    expect([code, stderr]).toEqual([2, expect.stringContaining('a version is one word: pump@1')])
  })

  it('is needed where a folder of that name hides the model, and a note says so', async () => {
    expect((await train('--out', 'pump')).code).toBe(0)
    expect((await run('detect', 'data.csv', '--model', 'pump@latest')).stderr).not.toContain(
      'pump is the folder',
    )
    cpSync(join(cwd, 'data.csv'), join(cwd, 'pump'))
    const { stderr } = await run('show', 'pump')
    expect(stderr).toContain(
      'pump is the folder or file of that name; the model of the registry is pump@latest',
    )
  })
})

describe('telltale train with a registry', () => {
  it('adds the next version of the name given by --out, and a folder for a path', async () => {
    const { code, stdout, stderr } = await train('--out', 'pump')
    expect([code, stderr.match(/error/)]).toEqual([0, null])
    expect(stdout).toContain('pump@1')
    await train('--out', 'pump', '--seed', '2')
    expect((await rows('models', 'list', 'pump')).map((row: { version: number }) => row.version)).toEqual([
      1, 2,
    ])
    expect((await rows('models', 'history', 'pump'))[0]).toMatchObject({
      action: 'add',
      why: 'telltale train data.csv',
    })
    await train('--out', './pump')
    expect(existsSync(join(cwd, 'pump', 'manifest.json'))).toBe(true)
  })

  it('leaves nothing behind when the training fails', async () => {
    const { code } = await run('train', 'data.csv', '--rows', ':12', '--out', 'pump')
    expect(code).toBe(3)
    expect(existsSync(join(cwd, 'models', 'pump'))).toBe(false)
    expect((await run('models', 'list', '--format', 'json')).stdout).toBe('[]\n')
  })

  it.each(['Pump', 'pump@2', 'con'])('refuses %s before it reads the data', async out => {
    const { code, stderr } = await run('train', 'nowhere.csv', '--out', out)
    expect([code, stderr]).toEqual([2, expect.stringContaining('error [model-name-invalid]')])
  })

  it('adds a fleet as one version, and names the devices that left', async () => {
    const [header, ...lines] = smallTable().trim().split('\n')
    const table = (devices: string[]) =>
      [`device,${header}`, ...devices.flatMap(device => lines.map(line => `${device},${line}`)), ''].join(
        '\n',
      )
    const fleet = [
      '--group-by',
      'device',
      '--detector',
      'z-score',
      '--window',
      '10',
      '--workers',
      '1',
      '--out',
      'plant',
    ]
    writeFileSync(join(cwd, 'fleet.csv'), table(['p1', 'p2']))
    const first = await run('train', 'fleet.csv', ...fleet)
    expect(first.stdout).toContain('2 models in plant@1')
    writeFileSync(join(cwd, 'one.csv'), table(['p1']))
    const second = await run('train', 'one.csv', ...fleet)
    expect(second.stderr).toContain('the version before also had a model of p2')
    const detected = await run(
      'detect',
      'fleet.csv',
      '--model',
      'plant@1',
      '--group-by',
      'device',
      '--workers',
      '1',
    )
    expect([detected.code, detected.stdout]).toEqual([0, expect.stringContaining('p2')])
    expect(await rows('models', 'compare', 'plant@1', 'plant@2')).toEqual([
      { device: 'p1', 'plant@1': true, 'plant@2': true },
      { device: 'p2', 'plant@1': true, 'plant@2': false },
    ])
    expect((await run('verify', 'plant@1')).stdout).toContain('p2/manifest.json')
    expect((await run('models', 'show', 'plant@1')).code).toBe(0)
    const again = await run('threshold', 'plant@1', '--quantile', '0.9', '--out', 'plant', '--workers', '1')
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('plant@3')])
    expect((await run('models', 'copy', 'plant@1', 'plant.telltale')).code).toBe(2)
    expect((await run('models', 'copy', 'plant@1', './copied')).code).toBe(0)
    expect(readdirSync(join(cwd, 'copied'))).toEqual(['p1', 'p2'])
  })
})

describe('a version of a registry', () => {
  beforeEach(async () => {
    await train('--out', 'pump')
    await run('models', 'promote', 'pump@1')
  })

  it.each([
    ['detect', 'data.csv', '--model', 'pump@champion', '--workers', '1'],
    [
      'evaluate',
      'data.csv',
      '--model',
      'pump@champion',
      '--labels',
      'label',
      '--resamples',
      '0',
      '--workers',
      '1',
    ],
    ['validate', 'data.csv', '--model', 'pump@champion'],
    ['plan', 'data.csv', '--model', 'pump@champion', '--workers', '1'],
    ['threshold', 'pump@champion', '--workers', '1'],
    ['threshold', 'pump@champion', 'data.csv', '--rows', '400:490', '--workers', '1'],
    ['show', 'pump@champion'],
    ['verify', 'pump@latest'],
    ['models', 'show', 'pump@1'],
    ['models', 'verify', 'pump@champion'],
    ['models', 'verify'],
  ])('is a model for telltale %s', async (...args) => {
    const { code, stderr } = await run(...args)
    expect([code, stderr.match(/error.*/)]).toEqual([0, null])
    const unknown = args.map(arg => arg.replace(/pump@.*/, 'pump@9'))
    if (unknown.includes('pump@9')) {
      const failed = await run(...unknown)
      expect([failed.code, failed.stderr]).toEqual([4, expect.stringContaining('error [model-unknown]')])
    }
  })

  it('is what telltale export looks for', async () => {
    const { stderr } = await run('export', 'pump@9', '--out', 'x.onnx')
    expect(stderr).toContain('error [model-unknown]')
  })

  it('never changes: a new threshold is a new version', async () => {
    const refused = await run('threshold', 'pump@1', '--in-place')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('never changes')])
    const added = await run('threshold', 'pump@1', '--quantile', '0.9', '--out', 'pump', '--workers', '1')
    expect(added.stderr).toContain('the model with the threshold after: pump@2')
  })

  it('needs a registry', async () => {
    const { code, stderr } = await telltale(['show', 'pump@1'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('error [registry-needed]')])
    const flag = await telltale(['show', 'pump@1', '--registry', 'models'], { cwd })
    expect(flag.code).toBe(0)
    const missing = await telltale(['models', 'list'], { cwd })
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--registry is required')])
    const nowhere = await telltale(['models', 'list', '--registry', 'nowhere'], { cwd })
    expect([nowhere.code, nowhere.stderr]).toEqual([4, expect.stringContaining('error [registry-missing]')])
  })

  it.each([
    ['a model', './single', []],
    ['a file', 'single.telltale', []],
    ['a fleet', './plant', ['--group-by', 'device']],
  ])('is made of %s that is given in its place', async (_, out, more) => {
    const lines = smallTable().trim().split('\n')
    const table = lines.map((line, i) => `${i === 0 ? 'device' : 'p1'},${line}\n`).join('')
    writeFileSync(join(cwd, 'data.csv'), more.length === 0 ? smallTable() : table)
    expect((await train('--out', out, ...more)).code).toBe(0)
    const { stderr } = await telltale(['models', 'list', '--registry', out], { cwd })
    expect(stderr).toContain('is not a registry: it is a model')
    const served = await telltale(['serve', '--models', out], { cwd })
    expect(served.stderr).toBe(stderr)
    const words = /`telltale ([^`]+)`/.exec(stderr)![1]!.split(' ')
    expect((await telltale(words, { cwd })).code).toBe(0)
    const listed = await telltale(['models', 'list', '--registry', 'REGISTRY', '--format', 'json'], { cwd })
    expect(JSON.parse(listed.stdout)).toMatchObject([{ model: out.match(/\w+/)![0], versions: 1 }])
  })
})

describe('telltale models', () => {
  beforeEach(async () => {
    await train('--out', 'pump')
    for (const quantile of ['0.9', '0.95', '0.97'])
      await run('threshold', 'pump@1', '--quantile', quantile, '--out', 'pump', '--workers', '1')
  })

  it('list shows every model with its aliases, and every version of one', async () => {
    await run('models', 'promote', 'pump@2')
    expect(await rows('models', 'list')).toMatchObject([
      { model: 'pump', versions: 4, latest: 4, aliases: 'champion=2' },
    ])
    const versions = await rows('models', 'list', 'pump')
    expect(versions.map((row: { aliases: string }) => row.aliases)).toEqual(['', 'champion', '', ''])
  })

  it('promote, rollback and unalias change what an alias names, and history keeps all', async () => {
    expect(await rows('models', 'promote', 'pump@2')).toEqual([
      { model: 'pump', alias: 'champion', from: null, to: 2 },
    ])
    await rows('models', 'promote', 'pump@3', '--why', 'fewer alarms')
    expect(await rows('models', 'rollback', 'pump', '--why', 'worse')).toMatchObject([{ from: 3, to: 2 }])
    await rows('models', 'promote', 'pump@champion', '--alias', 'stable')
    await rows('models', 'unalias', 'pump@stable')
    const history = await rows('models', 'history', 'pump')
    const changes = history.filter((row: { action: string }) => row.action !== 'add')
    expect(changes.map((row: { action: string; why: string }) => [row.action, row.why])).toEqual([
      ['promote', ''],
      ['promote', 'fewer alarms'],
      ['rollback', 'worse'],
      ['promote', ''],
      ['unalias', ''],
    ])
    const none = await run('models', 'rollback', 'pump')
    expect([none.code, none.stderr]).toEqual([4, expect.stringContaining('error [rollback-impossible]')])
  })

  it('tag sets and removes tags and notes', async () => {
    await rows('models', 'tag', 'pump@2', 'site=north')
    expect(await rows('models', 'tag', 'pump@2', '--note', 'after the overhaul')).toEqual([
      { version: 'pump@2', tags: 'site=north', note: 'after the overhaul' },
    ])
    expect(await rows('models', 'tag', 'pump@2', 'site=')).toMatchObject([{ tags: '' }])
    expect((await run('models', 'tag', 'pump@2', 'north')).code).toBe(2)
    expect((await run('models', 'tag', 'pump@2')).code).toBe(2)
  })

  it('compare shows what differs, and with data how each scores', async () => {
    const facts = await rows('models', 'compare', 'pump@1', 'pump@2')
    const names = facts.map((row: { fact: string }) => row.fact)
    expect(names).toContain('calibration.causal.level')
    expect(names).not.toContain('id')
    expect(names.some((name: string) => name.startsWith('training.'))).toBe(false)
    const scores = await rows('models', 'compare', 'pump@1', 'pump@2', '--data', 'data.csv')
    const of = (fact: string) => scores.find((row: { fact: string }) => row.fact === fact)
    expect(of('scored')['pump@1']).toBe(600)
    expect(of('flagged')['pump@2']).toBeGreaterThan(of('flagged')['pump@1'])
    const { stdout } = await run('models', 'compare', 'pump@1', 'pump@2', '--data', 'data.csv')
    expect(stdout.trim().split('\n').at(-1)).toMatch(
      /^Of data\.csv pump@1 finds \d+ events?, pump@2 \d+; [\d.]+ % of the samples have the same flag\.$/,
    )
    const same = await run('models', 'compare', 'pump@1', 'pump@1')
    expect([same.code, same.stderr]).toEqual([0, expect.stringContaining('do not differ')])
  })

  it('delete and prune only show what they would do until --yes, and keep what is needed', async () => {
    await run('models', 'promote', 'pump@1')
    await run('models', 'promote', 'pump@2')
    const planned = await rows('models', 'prune', 'pump', '--keep', '1')
    expect(planned.map((row: { result: string }) => row.result)).toEqual([
      'kept: a rollback of champion returns to it',
      'kept: the alias champion names it',
      'would be removed',
      'kept: one of the newest 1',
    ])
    expect(await rows('models', 'list', 'pump')).toHaveLength(4)
    await rows('models', 'prune', 'pump', '--keep', '1', '--yes')
    expect(await rows('models', 'list', 'pump')).toHaveLength(3)
    const needed = await run('models', 'delete', 'pump@2', '--yes')
    expect([needed.code, needed.stderr]).toEqual([4, expect.stringContaining('error [version-needed]')])
    expect(await rows('models', 'delete', 'pump@4')).toEqual([
      { version: 'pump@4', result: 'would be removed' },
    ])
    await rows('models', 'delete', 'pump@4', '--yes')
    expect(await rows('models', 'list', 'pump')).toHaveLength(2)
    expect((await run('models', 'prune', 'pump', '--keep', '-1')).code).toBe(2)
  })

  it('verify finds a version that is damaged, and so does every use of it', async () => {
    const weights = join(cwd, 'models', 'pump', 'versions', '2', 'model', 'weights.safetensors')
    const bytes = readFileSync(weights)
    bytes[bytes.length - 1] ^= 1
    writeFileSync(weights, bytes)
    const { code, stdout, stderr } = await run('models', 'verify')
    expect([code, stderr]).toEqual([4, expect.stringContaining('error [artefact-damaged]')])
    expect(stdout).toMatch(/pump@2\s+weights.safetensors: its hash differs/)
    expect(stdout).toMatch(/pump@1\s+ok/)
    expect((await run('detect', 'data.csv', '--model', 'pump@2')).code).toBe(4)
  })

  it('history keeps its order where the clock goes back', async () => {
    await run('models', 'promote', 'pump@1')
    vi.setSystemTime(Date.now() - 3_600_000)
    try {
      await run('models', 'promote', 'pump@2')
    } finally {
      vi.useRealTimers()
    }
    const changes = await rows('models', 'history', 'pump')
    expect(changes.map(({ action, to }: { action: string; to: number }) => `${action} ${to}`)).toEqual([
      'add 1',
      'add 2',
      'add 3',
      'add 4',
      'promote 1',
      'promote 2',
    ])
  })

  it('verify goes on after a version, or a model, of which the record is damaged', async () => {
    const spoil = (...path: string[]) => appendFileSync(join(cwd, 'models', 'pump', ...path), 'x')
    spoil('versions', '1', 'version.json')
    const { code, stdout } = await run('models', 'verify')
    expect([code, stdout]).toEqual([4, expect.stringMatching(/pump@1\s+.*version.json: its hash differs/)])
    expect(stdout).toMatch(/pump@2\s+ok/)
    await train('--out', 'fan')
    spoil('history', '000001.json')
    expect((await run('models', 'verify')).stdout).toMatch(
      /fan@1\s+ok.*pump\s+.*000001.json: its hash differs/s,
    )
  })

  it('names the version that an alias needs and that is gone', async () => {
    await run('models', 'promote', 'pump@1')
    rmSync(join(cwd, 'models', 'pump', 'versions', '1'), { recursive: true })
    const { code, stderr } = await run('detect', 'data.csv', '--model', 'pump@champion')
    expect([code, stderr]).toEqual([
      4,
      expect.stringContaining('versions/1: it is missing, and pump@champion names it'),
    ])
  })

  it('copy carries a model to a file, a folder and another name, and back', async () => {
    expect(await rows('models', 'copy', 'pump@3', 'pump.telltale')).toEqual([
      { from: 'pump@3', to: 'pump.telltale' },
    ])
    expect(await rows('models', 'copy', 'pump.telltale', 'spare')).toEqual([
      { from: 'pump.telltale', to: 'spare@1' },
    ])
    await rows('models', 'copy', 'spare@1', './folder')
    const ids = await Promise.all(
      ['pump@3', 'pump.telltale', 'spare@1', './folder'].map(async model => (await rows('show', model)).id),
    )
    expect(new Set(ids).size).toBe(1)
    cpSync(join(cwd, 'pump.telltale'), join(cwd, 'mailed.telltale'))
    for (const args of [
      ['detect', 'data.csv', '--model', 'mailed.telltale'],
      ['verify', 'mailed.telltale'],
    ])
      expect((await run(...args)).code).toBe(0)
    await run('threshold', 'mailed.telltale', '--quantile', '0.8', '--in-place', '--workers', '1')
    expect((await rows('show', 'mailed.telltale')).id).not.toBe(ids[0])
  })

  it.each([
    [['models', 'lits'], 'Did you mean list?'],
    [['compare', 'pump@1', 'pump@2'], 'Did you mean models compare?'],
    [['help', 'prune'], 'Did you mean models prune?'],
    [['cache'], 'an action (stats, list, clear, verify, benchmark) is required'],
    [['models', 'show'], 'MODEL is required'],
    [['models', 'copy', 'pump@1'], 'OTHER is required'],
    [['models', 'list', 'pmup'], 'The nearest is pump.'],
    [['models', 'show', 'pump@chmpion'], 'error [model-unknown]'],
    [['models', 'show', 'pump'], 'Write pump@latest. `telltale models list pump --registry '],
    [['models', 'show', './pump'], 'The nearest is pump.'],
    [['models', 'unalias', 'pump@1'], 'Write pump@ALIAS.'],
    [['models', 'rollback', 'pump@1'], 'Write pump@ALIAS.'],
    [['models', 'tag', 'site=north', 'pump@1'], 'the version comes first: pump@1 site=north'],
    [['cache', 'stats', 'c'], 'Leave out c.'],
    [['drift', 'export', 'data.csv', '--model', 'pump@1'], 'Leave out data.csv.'],
    [['drift', 'check', 'pump@1', 'data.csv'], 'Give the model with --model.'],
    [['retrain', 'data.csv', 'pump@1'], 'Give the model with --model.'],
    [['retrain', 'data.csv', '--model', 'pump'], 'Write pump@latest'],
    [['models', 'promote', 'pump@1', '--alias', '../x'], '../x cannot be the name of an alias'],
    [
      ['models', 'promote', 'pump@1', '--alias', ''],
      '--alias is "" in the command line, but must not be empty',
    ],
    [['show', 'pump'], 'pump is not a model: it does not exist; the registry has pump@latest'],
    [
      ['detect', 'data.csv', '--model', 'pmup@01'],
      'pmup@01 is not a model: it does not exist; the registry has pump@latest',
    ],
    [['models', 'history', 'pump', 'more'], 'error [argument-unexpected]'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect(stderr).toContain(message)
    expect([2, 4]).toContain(code)
    expect(stdout).toBe('')
  })

  it.each([
    [['promote', 'pump@1', 'stable'], 'Write telltale models promote pump@1 --alias stable.'],
    [['promote', 'stable', 'pump@1'], 'Write telltale models promote pump@1 --alias stable.'],
    [['rollback', 'pump', 'stable'], 'Write telltale models rollback pump --alias stable.'],
    [['unalias', 'pump', 'stable'], 'Write telltale models unalias pump@stable.'],
    [['tag', 'pump@1', 'site', 'north'], 'Write telltale models tag pump@1 site=north.'],
    [
      ['compare', 'pump@1', 'pump@2', 'data.csv'],
      'Write telltale models compare pump@1 pump@2 --data data.csv.',
    ],
  ])('models %j is refused with the command that works', async (args, remedy) => {
    for (let k = 0; k < 2; k++) await train('--out', 'pump')
    for (const version of ['pump@1', 'pump@2']) await rows('models', 'promote', version, '--alias', 'stable')
    const { code, stderr } = await run('models', ...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(remedy)])
    const [, , ...works] = remedy
      .replace(/^Write /, '')
      .replace(/\.$/, '')
      .split(' ')
    expect((await run('models', ...works)).code).toBe(0)
  })

  it.each([
    ['promote pump@9 stable', 'has no pump@9', 'The nearest is pump@'],
    ['rollback pump stabel', 'has no pump@stabel', 'The nearest is pump@stable.'],
    ['unalias pump stabel', 'has no pump@stabel', 'The nearest is pump@stable.'],
    ['show pmp', 'has no pmp', 'The nearest is pump.'],
    ['delete pmp', 'has no pmp', 'The nearest is pump.'],
    ['rollback pmp@3', 'has no pmp', 'The nearest is pump.'],
    ['show pump', 'pump names no version', 'Write pump@latest or pump@stable.'],
    ['unalias pump', 'pump names no version', 'Write pump@stable.'],
  ])('models %s is refused with what exists', async (args, message, remedy) => {
    await train('--out', 'pump')
    await rows('models', 'promote', 'pump@1', '--alias', 'stable')
    const { stderr } = await run('models', ...args.split(' '))
    expect(stderr).toContain(message)
    expect(stderr).toContain(remedy)
  })

  it('a version that an alias needs and a rollback that is not possible are refused with the commands that work', async () => {
    for (let k = 0; k < 2; k++) await train('--out', 'pump')
    await rows('models', 'promote', 'pump@1')
    const commands = (stderr: string) =>
      [...stderr.matchAll(/`telltale ([^`]+)`/g)].map(([, words]) => words.replace('NUMBER', '2').split(' '))
    const withoutEnv = (words: string[]) => telltale(words, { cwd })
    const back = commands((await run('models', 'rollback', 'pump')).stderr)
    expect(back.map(([, action]) => action)).toEqual(['history', 'promote'])
    for (const words of back) expect((await withoutEnv(words)).code).toBe(0)
    const [unalias, ...more] = commands((await run('models', 'delete', 'pump@1', '--yes')).stderr)
    expect([(await withoutEnv(unalias)).code, more]).toEqual([0, []])
    expect((await run('models', 'delete', 'pump@1', '--yes')).code).toBe(0)
  })

  it('an alias that is not there is refused with the command that makes it', async () => {
    await train('--out', 'pump')
    const { code, stderr } = await run('models', 'rollback', 'pump')
    expect([code, stderr]).toEqual([4, expect.stringContaining('telltale models promote pump@NUMBER')])
    await rows('models', 'promote', 'pump@1', '--alias', 'stable')
    expect((await run('models', 'rollback', 'pump@champion')).stderr).toContain('The nearest is pump@stable.')
  })

  it('makes the folder of a model in one file', async () => {
    await train('--out', 'pump')
    await rows('models', 'copy', 'pump@1', 'new/folder/pump.telltale')
    expect(existsSync(join(cwd, 'new/folder/pump.telltale'))).toBe(true)
  })
})
