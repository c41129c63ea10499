import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { telltale, workshop } from '../world.js'

let cwd: string
beforeEach(async () => {
  cwd = await workshop({ trained: true })
})
const run = (...args: string[]) => telltale(args, { cwd, env: { TELLTALE_REGISTRY: 'models' } })
const REQUIRED = ['--require-signed', 'keys']

async function keysAndVersion(): Promise<void> {
  expect((await run('keys', 'create', 'ana')).code).toBe(0)
  expect((await run('models', 'copy', './model', 'pump')).code).toBe(0)
}

describe('telltale keys', () => {
  it('makes keys, lists them, and never prints the private one', async () => {
    const made = await run(
      'keys',
      'create',
      'ana',
      '--format',
      'json',
      '--log-level',
      'debug',
      '--log-file',
      'log',
    )
    expect(made.code).toBe(0)
    const listed = await run('keys', 'list', '--format', 'json')
    expect(JSON.parse(listed.stdout)).toEqual([{ ...JSON.parse(made.stdout)[0], private: true }])
    const secret = readFileSync(join(cwd, 'keys', 'ana.key'), 'utf8').split('\n')[1] as string
    const log = readFileSync(join(cwd, 'log'), 'utf8')
    expect(`${made.stdout}${made.stderr}${listed.stdout}${log}`).not.toContain(secret)
  })

  it.each([['../ana'], ['/etc/ana'], ['a\u001bb']])('refuses the name %j', async name => {
    const { code, stderr } = await run('keys', 'create', name)
    expect([code, stderr]).toEqual([2, expect.stringContaining('error [model-name-invalid]')])
    expect(stderr).not.toContain('\u001b')
  })

  it('suggests the nearest action', async () => {
    const { code, stderr } = await run('keys', 'creat', 'ana')
    expect([code, stderr]).toEqual([2, expect.stringContaining('create')])
  })
})

/** A run of each command that loads a model. */
const LOADING = [
  ['detect', 'data.csv', '--model', './model'],
  ['drift', 'check', 'data.csv', '--model', './model'],
  ['trend', 'data.csv', '--model', './model'],
  ['explain', 'data.csv', '--model', './model'],
  ['plot', 'training', '--model', './model', '--out', 'training.svg'],
  ['evaluate', 'data.csv', '--model', './model', '--labels', 'label'],
  ['threshold', './model'],
  ['validate', 'data.csv', '--model', './model'],
  ['plan', 'data.csv', '--model', './model'],
  ['show', './model'],
  ['verify', './model'],
  ['export', './model', '--out', 'model.onnx'],
  ['stream', '--source', 'data.csv', '--model', './model'],
  ['models', 'copy', './model', 'other'],
  ['models', 'compare', './model', './model'],
  ['replay', 'data.csv', '--model', './model'],
  ['retrain', 'data.csv', '--model', 'pump@1'],
  ['models', 'verify', 'pump'],
  ['models', 'show', 'pump@1'],
]

describe('--require-signed', () => {
  it.each(LOADING)('refuses a model without a signature: %s %s %s', async (...args) => {
    await keysAndVersion()
    const { code, stderr } = await run(...args, ...REQUIRED)
    expect([code, stderr]).toEqual([4, expect.stringContaining('error [model-unsigned]')])
  })

  it('takes what is signed: a folder, a version, its copy; and refuses what was trained in its place', async () => {
    await keysAndVersion()
    const key = ['--key', 'keys/ana.key']
    expect((await run('models', 'sign', './model', ...key)).code).toBe(0)
    expect((await run('models', 'sign', 'pump@1', ...key)).code).toBe(0)
    expect((await run('detect', 'data.csv', '--model', './model', ...REQUIRED)).code).toBe(0)
    const verified = await run('models', 'verify', '--format', 'json', ...REQUIRED)
    expect(JSON.parse(verified.stdout)[0]).toMatchObject({ version: 'pump@1', state: 'ok', signature: 'ana' })
    const unchecked = await run('models', 'verify', '--format', 'json')
    expect(JSON.parse(unchecked.stdout)[0]).toMatchObject({ signature: 'ana (not checked)' })
    expect((await run('models', 'copy', 'pump@1', 'pump.telltale', ...REQUIRED)).code).toBe(0)
    expect((await run('show', 'pump.telltale', ...REQUIRED)).code).toBe(0)
    await run(
      'train',
      'data.csv',
      '--rows',
      ':400',
      '--detector',
      'z-score',
      '--out',
      './model',
      '--workers',
      '1',
    )
    const { code, stderr } = await run('show', './model', ...REQUIRED)
    expect([code, stderr]).toEqual([4, expect.stringContaining('error [model-unsigned]')])
  })

  it('refuses what another key signed, by name', async () => {
    await keysAndVersion()
    await run('keys', 'create', 'bo', '--folder', 'others')
    await run('models', 'sign', 'pump@1', '--key', 'others/bo.key')
    const { code, stderr } = await run('show', 'pump@1', ...REQUIRED)
    expect([code, stderr]).toEqual([4, expect.stringMatching(/\[signature-untrusted\].*bo/)])
  })

  it('may stand in the configuration, and in the environment', async () => {
    await keysAndVersion()
    writeFileSync(join(cwd, 'telltale.yaml'), 'cli:\n  require-signed: keys\n')
    expect((await run('show', './model')).stderr).toContain('[model-unsigned]')
    writeFileSync(join(cwd, 'telltale.yaml'), '')
    const env = { TELLTALE_REQUIRE_SIGNED: 'keys' }
    expect((await telltale(['show', './model'], { cwd, env })).stderr).toContain('[model-unsigned]')
  })

  it('is not passed by a result that was kept before', async () => {
    await keysAndVersion()
    const detect = ['detect', 'data.csv', '--model', './model', '--cache', 'cache']
    expect((await run(...detect)).code).toBe(0)
    expect((await run(...detect, ...REQUIRED)).stderr).toContain('[model-unsigned]')
    await run('models', 'sign', './model', '--key', 'keys/ana.key')
    expect((await run(...detect, ...REQUIRED)).code).toBe(0)
    cpSync(join(cwd, 'data.csv'), join(cwd, 'model.sig'))
    expect((await run(...detect, ...REQUIRED)).stderr).toContain('[artefact-damaged]')
  })

  it('says what is wrong with the keys', async () => {
    const { code, stderr } = await run('show', './model', '--require-signed', 'nowhere')
    expect([code, stderr]).toEqual([1, expect.stringContaining('error [file-not-found]')])
  })
})
