import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  csvCell,
  htmlText,
  markdownText,
  oneLine,
  shortened,
  terminalText,
} from '../../src/core/safe-text.js'

/** Control characters, separators and marks of direction. */
const STEERING = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
const text = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0x2020, max: 0x2070 }))
    .map(code => String.fromCodePoint(code)),
})

describe('safe text', () => {
  it('holds nothing that steers a terminal, and stays as it is when it held nothing', () => {
    fc.assert(
      fc.property(text, raw => {
        expect(STEERING.test(oneLine(raw))).toBe(false)
        expect(STEERING.test(terminalText(raw).replace(/[\n\t]/g, ''))).toBe(false)
        if (!STEERING.test(raw)) expect(oneLine(raw)).toBe(raw)
      }),
      { seed: 1 },
    )
  })

  it('keeps the value of JSON', () => {
    fc.assert(
      fc.property(text, text, (key, value) => {
        const json = JSON.stringify({ [key]: [value] }, null, 2)
        expect(JSON.parse(terminalText(json))).toEqual(JSON.parse(json))
      }),
      { seed: 1 },
    )
  })

  it('shows what it escapes', () => {
    expect(oneLine('a\u001b[31m\r\n\u202eb\u009b')).toBe('a\\u001b[31m\\r\\n\\u202eb\\u009b')
    expect(terminalText('a\n\tb\u0007')).toBe('a\n\tb\\u0007')
  })

  it('runs no formula in a CSV cell, and leaves numbers alone', () => {
    for (const formula of ['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\tx', '\uff1d1'])
      expect(csvCell(formula)).toMatch(/^"?'/)
    for (const number of ['-1.5', '+2', '1e-3', '-1e+30', '.5']) expect(csvCell(number)).toBe(number)
    expect(csvCell('a "b",\nc')).toBe('"a ""b"",\nc"')
  })

  it('is no markup', () => {
    expect(htmlText('<a href="x">\'&\u0000')).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;\\u0000')
    expect(markdownText('**a** | [b](c)\n<d>')).toBe('\\*\\*a\\*\\* \\| \\[b\\](c) &lt;d&gt;')
  })

  it('is shortened with its length', () => {
    expect(shortened('x'.repeat(20), 5)).toBe('xxxxx... (20 characters)')
    expect(shortened('abc', 3)).toBe('abc')
  })
})
