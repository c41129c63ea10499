import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeOptions, envName } from '../../src/config/index.js'
import { fraction, option, positiveInteger } from '../../src/core/options.js'

const schema = z
  .object({
    batchSize: option(positiveInteger().default(32), 'Windows per step.'),
    learningRate: option(z.number().gt(0).max(1), 'Step size.').default(0.001),
    quantile: option(fraction().optional(), 'Quantile.', { value: 'Q' }),
    out: option(z.string(), 'Folder.', { value: 'DIR' }),
    keepBest: option(z.boolean().default(false), 'Keep.'),
    scaler: option(z.enum(['robust', 'minmax']).default('robust'), 'Scaler.'),
    workers: option(z.union([z.literal('auto'), positiveInteger()]).default('auto'), 'Threads.'),
    columns: option(z.array(z.string()).optional(), 'Columns.'),
    token: option(z.string().nullable().default(null), 'Token.', { secret: true }),
  })
  .refine(value => value.quantile === undefined || value.out !== '', 'must go together')

describe('describeOptions', () => {
  const rows = Object.fromEntries(describeOptions(schema, 'train').map(row => [row.key, row]))

  it('quotes choices where one of them is a comma', () => {
    const [row] = describeOptions(z.object({ decimal: option(z.enum(['.', ',']), 'Separator.') }))
    expect(row!.wanted).toBe('one of ".", ","')
  })

  it('lists the options in the order of the schema, also behind a refinement', () => {
    expect(describeOptions(schema).map(row => row.flag)).toEqual([
      '--batch-size',
      '--learning-rate',
      '--quantile',
      '--out',
      '--keep-best',
      '--scaler',
      '--workers',
      '--columns',
      '--token',
    ])
  })

  it('gives one row everything that a flag and a docs line need', () => {
    expect(rows.batchSize).toEqual({
      key: 'batchSize',
      flag: '--batch-size',
      env: 'TELLTALE_TRAIN_BATCH_SIZE',
      type: 'integer',
      wanted: 'an integer > 0',
      default: 32,
      description: 'Windows per step.',
      value: 'N',
      required: false,
      secret: false,
    })
  })

  it('tells the exact type and range behind optional, default and nullable', () => {
    expect(rows.learningRate).toMatchObject({
      type: 'number',
      wanted: 'a number > 0 and <= 1',
      default: 0.001,
      description: 'Step size.',
    })
    expect(rows.quantile).toMatchObject({ type: 'number', wanted: 'a number > 0 and < 1', value: 'Q' })
    expect(rows.quantile.default).toBeUndefined()
    expect(rows.keepBest).toMatchObject({ type: 'boolean', value: '', default: false })
    expect(rows.scaler).toMatchObject({ type: 'choice', choices: ['robust', 'minmax'] })
    expect(rows.workers).toMatchObject({ type: 'mixed', wanted: 'auto or an integer > 0' })
    expect(rows.columns).toMatchObject({ type: 'list', wanted: 'a list, each element text' })
    expect(rows.token).toMatchObject({ type: 'text', default: null, secret: true })
  })

  it('marks only an option without default and not optional as required', () => {
    expect(Object.values(rows).filter(row => row.required)).toEqual([rows.out])
  })

  it('has no environment name without a section', () => {
    expect(describeOptions(schema)[0]).not.toHaveProperty('env')
  })

  it('refuses a schema that is not an object', () => {
    expect(() => describeOptions(z.string())).toThrow(/not an object/)
  })
})

describe('envName', () => {
  it('joins section and key in upper snake case', () => {
    expect(envName('train', 'batchSize')).toBe('TELLTALE_TRAIN_BATCH_SIZE')
    expect(envName('drift-check', 'n')).toBe('TELLTALE_DRIFT_CHECK_N')
  })
})
