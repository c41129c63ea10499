import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { z } from 'zod'
import { type ConfigInput, loadConfig, maskConfig } from '../../src/config/index.js'
import { fraction, kebabCase, option, positiveInteger } from '../../src/core/options.js'

const train = z
  .object({
    window: option(positiveInteger().default(30), 'Window.'),
    batchSize: option(positiveInteger().default(32), 'Batch.'),
    learningRate: option(z.number().gt(0).default(0.001), 'Rate.'),
    scaler: option(z.enum(['robust', 'minmax']).default('robust'), 'Scaler.'),
    keepBest: option(z.boolean().default(false), 'Keep.'),
    workers: option(z.union([z.literal('auto'), positiveInteger()]).default('auto'), 'Threads.'),
    columns: option(z.array(z.string()).optional(), 'Columns.'),
    note: option(z.string().optional(), 'Note.'),
    password: option(z.string().min(8).optional(), 'Password.', { secret: true }),
    threshold: option(z.number().optional(), 'Threshold.'),
    quantile: option(fraction().optional(), 'Quantile.'),
  })
  .refine(value => value.threshold === undefined || value.quantile === undefined, {
    message: 'cannot be given together with --quantile',
    path: ['threshold'],
  })
  .refine(value => value.window * value.batchSize < 1e6, 'window x batch-size must stay below 1e6')
const detect = z.object({
  model: option(z.string(), 'Model.'),
  stride: option(positiveInteger().default(1), 'Stride.'),
})
const schemas = { train, detect }

let root: string
let cwd: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'telltale-config-'))
  await mkdir(join(root, '.git'))
})
afterAll(() => rm(root, { recursive: true }))
beforeEach(async () => {
  cwd = await mkdtemp(join(root, 'case-'))
})

const load = (more: Partial<ConfigInput> = {}) => loadConfig({ schemas, env: {}, cwd, flags: {}, ...more })
const write = (text: string | Uint8Array, name = 'telltale.yaml') => writeFile(join(cwd, name), text)
const failure = async (more: Partial<ConfigInput> = {}) => {
  const error = await load(more).then(
    () => undefined,
    e => e,
  )
  expect(error, 'an error was expected').toBeDefined()
  return error
}

describe('loadConfig', () => {
  it('gives the defaults when nothing was said', async () => {
    const config = await load()
    expect(config.file).toBeUndefined()
    expect(config.values).toEqual({
      train: {
        window: 30,
        batchSize: 32,
        learningRate: 0.001,
        scaler: 'robust',
        keepBest: false,
        workers: 'auto',
      },
      detect: { stride: 1 },
    })
    expect(config.sources.train.window).toEqual({ source: 'default', where: 'default' })
  })

  it('takes flags before environment before file before defaults, and says where each value is from', async () => {
    await write('# mine\ntrain:\n  window: 10\n  batch-size: 10\n  learning-rate: 0.5\n')
    const config = await load({
      env: { TELLTALE_TRAIN_WINDOW: '20', TELLTALE_TRAIN_BATCH_SIZE: '20', PATH: '/bin' },
      flags: { train: { window: '30', note: undefined } },
    })
    expect(config.values.train).toMatchObject({
      window: 30,
      batchSize: 20,
      learningRate: 0.5,
      scaler: 'robust',
    })
    expect(config.sources.train).toEqual({
      window: { source: 'flag', where: '--window' },
      batchSize: { source: 'env', where: 'TELLTALE_TRAIN_BATCH_SIZE' },
      learningRate: { source: 'file', where: 'telltale.yaml:5' },
      scaler: { source: 'default', where: 'default' },
      keepBest: { source: 'default', where: 'default' },
      workers: { source: 'default', where: 'default' },
    })
    expect(config.file).toBe(join(cwd, 'telltale.yaml'))
  })

  it('keeps the order of precedence for every subset of givers', async () => {
    const layer = fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(layer, layer, layer, async (flag, env, file) => {
        await write(file === undefined ? '' : `train: {window: ${file}}`)
        const config = await load({
          env: { TELLTALE_TRAIN_WINDOW: env?.toString() },
          flags: { train: { window: flag } },
        })
        expect(config.values.train.window).toBe(flag ?? env ?? file ?? 30)
        const source =
          flag !== undefined ? 'flag' : env !== undefined ? 'env' : file !== undefined ? 'file' : 'default'
        expect(config.sources.train.window.source).toBe(source)
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  it('reads back equal values from the YAML of its own result', async () => {
    const values = fc.record({
      window: fc.integer({ min: 1, max: 9999 }),
      batchSize: fc.integer({ min: 1, max: 99 }),
      learningRate: fc.double({ min: 1e-9, max: 9, noNaN: true }),
      scaler: fc.constantFrom('robust', 'minmax'),
      keepBest: fc.boolean(),
      workers: fc.oneof(fc.constant('auto'), fc.integer({ min: 1, max: 64 })),
      columns: fc.array(fc.string({ unit: 'grapheme' })),
      note: fc.string({ unit: 'binary' }),
    })
    await fc.assert(
      fc.asyncProperty(values, async given => {
        const keyed = Object.fromEntries(Object.entries(given).map(([key, value]) => [kebabCase(key), value]))
        await write(stringify({ train: keyed }))
        expect((await load()).values.train).toEqual(given)
      }),
      { numRuns: 60, seed: 2 },
    )
  })

  it('converts text by the type of the option', async () => {
    const { values } = await load({
      flags: {
        train: {
          window: '7',
          learningRate: '1e-2',
          keepBest: '1',
          workers: '3',
          columns: 'a, b',
          note: '5',
          scaler: 'minmax',
        },
      },
    })
    expect(values.train).toMatchObject({
      window: 7,
      learningRate: 0.01,
      keepBest: true,
      workers: 3,
      columns: ['a', 'b'],
      note: '5',
      scaler: 'minmax',
    })
    expect(
      (await load({ flags: { train: { workers: 'auto', keepBest: 'false', columns: ['a', 'b,c'] } } })).values
        .train,
    ).toMatchObject({ workers: 'auto', keepBest: false, columns: ['a', 'b', 'c'] })
    expect((await load({ flags: { train: { window: 7, keepBest: true } } })).values.train).toMatchObject({
      window: 7,
      keepBest: true,
    })
  })

  it.each([
    [
      'a string for a number',
      'train:\n  window: "30"',
      'train.window is "30" in telltale.yaml:2, but must be an integer > 0',
    ],
    [
      'a boolean for an integer',
      'train:\n\n  window: true',
      'train.window is true in telltale.yaml:3, but must be an integer > 0',
    ],
    [
      'a fraction for an integer',
      'train: {window: 1.5}',
      'train.window is 1.5 in telltale.yaml:1, but must be an integer > 0',
    ],
    [
      'a number out of range',
      'train: {quantile: 1}',
      'train.quantile is 1 in telltale.yaml:1, but must be a number > 0 and < 1',
    ],
    [
      'infinity',
      'train: {threshold: .inf}',
      'train.threshold is Infinity in telltale.yaml:1, but must be a number',
    ],
    [
      'yes for a boolean',
      'train: {keep-best: yes}',
      'train.keep-best is "yes" in telltale.yaml:1, but must be true or false',
    ],
    [
      'one for a boolean',
      'train: {keep-best: 1}',
      'train.keep-best is 1 in telltale.yaml:1, but must be true or false',
    ],
    ['a number for text', 'train: {note: 5}', 'train.note is 5 in telltale.yaml:1, but must be text'],
    [
      'a word outside the choices',
      'train: {scaler: robsut}',
      'train.scaler is "robsut" in telltale.yaml:1, but must be one of robust, minmax (did you mean robust?)',
    ],
    [
      'an empty value',
      'train:\n  window:\n',
      'train.window is empty in telltale.yaml:2, but must be an integer > 0',
    ],
    [
      'a value of a section that is not in use',
      'detect: {stride: 0}',
      'detect.stride is 0 in telltale.yaml:1, but must be an integer > 0',
    ],
  ])('refuses %s in the file, with its line', async (_, text, message) => {
    await write(text)
    const error = await failure()
    expect(error.code).toBe('option-invalid')
    expect(error.message).toBe(message)
  })

  it('refuses a bad value of the file also when a flag overrides it', async () => {
    await write('train: {window: 0}')
    expect((await failure({ flags: { train: { window: 3 } } })).code).toBe('option-invalid')
  })

  it.each(['abc', '0x10', '1.5', 'true', '-3', ' ', 'Infinity', '1e999', '5 apples'])(
    'refuses %j as the text of an integer, naming variable or flag',
    async text => {
      const byEnv = await failure({ env: { TELLTALE_TRAIN_WINDOW: text } })
      expect(byEnv.message).toMatch(
        /^TELLTALE_TRAIN_WINDOW is .* in the environment, but must be an integer > 0$/,
      )
      const byFlag = await failure({ flags: { train: { window: text } } })
      expect(byFlag.message).toMatch(/^--window is .* in the command line, but must be an integer > 0$/)
    },
  )

  it('takes a variable without text as not set', async () => {
    expect(
      (await load({ env: { TELLTALE_TRAIN_WINDOW: '', TELLTALE_CONFIG: '' } })).values.train.window,
    ).toBe(30)
  })

  it('refuses unknown sections, keys, variables and flags with the nearest name', async () => {
    await write('trian: {window: 3}')
    expect((await failure()).message).toBe('unknown option trian in telltale.yaml:1')
    expect((await failure()).remedy).toMatch(/^Did you mean train\?/)
    await write('train:\n  batchSize: 3')
    expect((await failure()).message).toBe('unknown option train.batchSize in telltale.yaml:2')
    expect((await failure()).remedy).toMatch(/^Did you mean batch-size\?/)
    await write('window: 3')
    expect((await failure()).remedy).toMatch(/^Did you mean train: \{window: \.\.\.\}\?/)
    await write('train: {__proto__: 3, constructor: 4}')
    expect((await failure()).code).toBe('option-unknown')
    await write('')
    const byEnv = await failure({ env: { TELLTALE_TRAIN_WINDW: '3' } })
    expect(byEnv.message).toBe('unknown option TELLTALE_TRAIN_WINDW in the environment')
    expect(byEnv.remedy).toMatch(/^Did you mean TELLTALE_TRAIN_WINDOW\?/)
    const byFlag = await failure({ flags: { train: { strid: 3 } } })
    expect([byFlag.code, byFlag.message]).toEqual([
      'option-unknown',
      'unknown option --strid in the command line',
    ])
  })

  it('reports refinements across options, with the place of the option that they name', async () => {
    await write('train:\n  threshold: 3')
    const error = await failure({ env: { TELLTALE_TRAIN_QUANTILE: '0.9' } })
    expect(error.code).toBe('option-invalid')
    expect(error.message).toBe(
      'train.threshold is 3 in telltale.yaml:2, but cannot be given together with --quantile',
    )
    const together = await failure({
      flags: { train: { window: 99999, threshold: undefined } },
      env: {},
      file: false,
    })
    expect(together.code).toBe('option-combination')
    expect(together.message).toMatch(/train do not fit together: window x batch-size must stay below 1e6/)
  })

  it('misses a required option only in the command in use', async () => {
    expect((await load({ command: 'train' })).values.detect).toEqual({ stride: 1 })
    const error = await failure({ command: 'detect' })
    expect([error.code, error.message]).toEqual(['option-missing', '--model is required and was not given'])
    expect((await load({ command: 'detect', flags: { detect: { model: 'm' } } })).values.detect.model).toBe(
      'm',
    )
  })

  it('names a flag with the prefix of its section', async () => {
    const prefixed = { flagPrefixes: { detect: 'd-' } }
    const { sources } = await load({ ...prefixed, flags: { detect: { stride: '2' } } })
    expect(sources.detect.stride.where).toBe('--d-stride')
    expect((await failure({ ...prefixed, flags: { detect: { stride: 'x' } } })).message).toMatch(
      /^--d-stride is "x"/,
    )
    expect((await failure({ ...prefixed, command: 'detect' })).message).toBe(
      '--d-model is required and was not given',
    )
  })

  it('never shows the value of a secret', async () => {
    const error = await failure({ env: { TELLTALE_TRAIN_PASSWORD: 'hunter2' } })
    expect(JSON.stringify([error.message, error.remedy, error.where])).not.toContain('hunter2')
    const config = await load({ env: { TELLTALE_TRAIN_PASSWORD: 'hunter2hunter2' } })
    expect(config.values.train.password).toBe('hunter2hunter2')
    expect(maskConfig(config, schemas).values.train).toMatchObject({ password: '***', window: 30 })
  })
})

describe('the configuration file', () => {
  it('is found in a parent, but not above the root of the repository', async () => {
    const deep = join(cwd, 'a', 'b')
    await mkdir(deep, { recursive: true })
    await write('train: {window: 5}', 'telltale.yml')
    const found = await load({ cwd: deep })
    expect(found.values.train.window).toBe(5)
    expect(found.sources.train.window.where).toBe(join('..', '..', 'telltale.yml:1'))
    await mkdir(join(cwd, 'a', '.git'))
    expect((await load({ cwd: deep })).file).toBeUndefined()
  })

  it('is the one given, or the one of TELLTALE_CONFIG, or none', async () => {
    await write('train: {window: 1}')
    await write('train: {window: 2}', 'two.yaml')
    await write('train: {window: 3}', 'three.yaml')
    const env = { TELLTALE_CONFIG: 'two.yaml' }
    expect((await load()).values.train.window).toBe(1)
    expect((await load({ env })).values.train.window).toBe(2)
    expect((await load({ env, file: join(cwd, 'three.yaml') })).values.train.window).toBe(3)
    expect((await load({ env, file: false })).values.train.window).toBe(30)
  })

  it.each(['', '# nothing\n', '---\n', 'train:\n', 'train: {}', 'null'])(
    'may say nothing: %j',
    async text => {
      await write(text)
      expect((await load()).values.train.window).toBe(30)
    },
  )

  it('may use anchors, for a section or a value', async () => {
    await write('train: &t\n  window: &w 9\n  batch-size: *w\n')
    expect((await load()).values.train).toMatchObject({ window: 9, batchSize: 9 })
    await write('train: &t {window: 9}\ndetect: *t\n')
    expect((await failure()).message).toBe('unknown option detect.window in telltale.yaml:1')
  })

  it.each([
    ['- train\n- detect', /top level must be a mapping of sections.*\(line 1\)/],
    ['\n\n30', /top level must be a mapping of sections.*\(line 3\)/],
    ['train:\n  - window', /train must be a mapping of options.*\(line 2\)/],
    ['train: 30', /train must be a mapping of options.*\(line 1\)/],
    ['train:\n  window: [1', /\(line 2\)/],
    ['train:\n  window: 1\n  window: 2', /unique.*\(line 3\)/],
    ['train: {window: 1}\n---\ntrain: {window: 2}', /\(line 2\)/],
    ['train:\n  window: *nobody', /\(line 2\)/],
  ])('is refused with the line when it is not a mapping of mappings: %j', async (text, message) => {
    await write(text)
    const error = await failure()
    expect(error.code).toBe('config-unreadable')
    expect(error.message).toMatch(message)
  })

  it('is refused when it is missing, a folder, too large or no text', async () => {
    expect((await failure({ file: 'absent.yaml' })).code).toBe('config-missing')
    expect((await failure({ file: '.' })).code).toBe('file-unreadable')
    await write(`# ${'x'.repeat(1_048_576)}`)
    expect((await failure()).code).toBe('file-too-large')
    await write(Uint8Array.of(0x74, 0xff, 0xfe))
    expect((await failure()).message).toMatch(/not UTF-8/)
  })

  it('does not expand aliases without end', async () => {
    const names = 'abcdefghi'
    const lines = [...names].map((name, i) =>
      i === 0 ? 'a: &a [x, x, x, x, x, x, x, x, x]' : `${name}: &${name} [${`*${names[i - 1]}, `.repeat(9)}]`,
    )
    await write(`train:\n  columns:\n${lines.map(line => `    ${line}\n`).join('')}`)
    expect((await failure()).code).toBe('config-unreadable')
  })
})
