import { describe, expect, it } from 'vitest'
import { filledText } from '../../src/core/counted.js'
import { createError, ERROR_CATALOGUE } from '../../src/core/errors.js'
import { ISSUE_CATALOGUE } from '../../src/validate/catalogue.js'

const templates = [...Object.values(ERROR_CATALOGUE), ...Object.values(ISSUE_CATALOGUE)].flatMap(
  ({ message, remedy }) => [message, remedy],
)

describe('a number in a message', () => {
  it('has its word and verb in the singular where it is 1', () => {
    const values = { rows: 1, purpose: 'a test', wanted: 20, window: '' }
    expect(createError('data-too-short', { ...values, gaps: '', windowOption: '' } as never).message).toMatch(
      /^1 sample is too few for a test/,
    )
    expect(filledText('{n} calibration scores are too few', () => 1)).toBe('1 calibration score is too few')
    expect(createError('labels-length', { got: 1, wanted: 1 }).message).toBe('1 label was given for 1 sample')
  })

  it.each([0, 2, 1000])('has them in the plural where it is %i', count => {
    expect(filledText('{n} samples are there', () => count)).toBe(`${count} samples are there`)
  })

  it('leaves names and verbs as they are', () => {
    expect(filledText('{model} has no channel, {channel} is one', () => 1)).toBe('1 has no channel, 1 is one')
    expect(filledText('{name} samples', () => '1')).toBe('1 samples')
  })

  it('never stands before a plural in any message of the catalogues', () => {
    const PLURAL =
      /\b1 (?:samples|rows|cells|columns|devices|labels|readings|jobs|windows|trials|requests|streams|times|scores|ones|series are|\w+ are)\b/
    for (const template of templates) expect(filledText(template, () => 1)).not.toMatch(PLURAL)
  })
})
