import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { influxFormat, influxLine } from '../../src/emit/index.js'
import { anomaly, output } from './receiver.js'

/** A reader of line protocol, character by character, by its published grammar. */
function readLine(line: string) {
  let at = 0
  const word = (ends: string, escaped: string) => {
    let text = ''
    while (at < line.length && !ends.includes(line[at])) {
      if (line[at] === '\\' && at + 1 < line.length && escaped.includes(line[at + 1])) at++
      text += line[at++]
    }
    return text
  }
  const quoted = () => {
    let text = ''
    for (at++; line[at] !== '"'; at++) {
      if (line[at] === '\\' && '"\\'.includes(line[at + 1])) at++
      text += line[at]
    }
    at++
    return text
  }
  const measurement = word(', ', ', ')
  const tags: Record<string, string> = {}
  while (line[at] === ',') {
    at++
    const key = word('=', ',= ')
    at++
    tags[key] = word(', ', ',= ')
  }
  const fields: Record<string, unknown> = {}
  do {
    at++
    const key = word('=', ',= ')
    at++
    const value = line[at] === '"' ? quoted() : word(', ', '')
    fields[key] =
      line[at - 1] === '"' ? value : value === 'true' || (value === 'false' ? false : Number(value))
  } while (line[at] === ',')
  return { measurement, tags, fields, time: line.slice(at + 1) }
}

// Characters that mean something in a line come often.
const character = fc.oneof(
  fc.constantFrom(',', '=', ' ', '\\', '"', '\n', '\t', 'a', '#', 'µ'),
  fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
)
const text = fc.array(character, { maxLength: 12 }).map(parts => parts.join(''))
// biome-ignore lint/suspicious/noControlCharactersInRegex: these become spaces
const plain = (value: string) => value.replace(/[\u0000-\u001f\u007f]/g, ' ')
const name = (value: string) => plain(value).replace(/\\+$/, '')

describe('line protocol', () => {
  it('gives back every tag and field', () => {
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (tag, key, value, number) => {
          const line = influxLine('a b,c', { device: tag }, { [`k${key}`]: value, ' n': number }, 1500.7)
          expect(line).not.toMatch(/[\n\r]/)
          expect(readLine(line)).toEqual({
            measurement: 'a b,c',
            tags: name(tag) === '' ? {} : { device: name(tag) },
            fields: { [name(`k${key}`)]: plain(value), ' n': number === 0 ? expect.closeTo(0) : number },
            time: '1500',
          })
        },
      ),
      { seed: 1, numRuns: 2000 },
    )
  })

  it('leaves out what is no number, and lines without a field', () => {
    expect(influxLine('m', {}, { a: Number.NaN, b: 1e-7 }, Number.NaN)).toBe('m b=1e-7')
    expect(influxLine('m', {}, { a: Number.POSITIVE_INFINITY }, 0)).toBe('')
  })

  it('has a line for each event and for each sample with a score, in one body', () => {
    const timeMs = Float64Array.of(1000, 2000)
    const frame = { timeMs, timeKind: 'utc', values: Float64Array.of(1, 2), channels: ['flow'] } as const
    const pair = (first: number, second: number) => Float32Array.of(first, second)
    const scored = {
      frame,
      score: pair(Number.NaN, 1.1),
      pValue: pair(Number.NaN, 0.01),
      severity: pair(Number.NaN, 5),
      flag: Uint8Array.of(0, 1),
      reason: Uint8Array.of(1, 0),
      residual: pair(0, 0),
    }
    const outputs = [{ ...output(anomaly('opened', 50, 'p 1')), scored }]
    const event =
      'telltale_event,device=p\\ 1,kind=anomaly,change=opened id="p 1/e1/opened",severity=50,' +
      'sentence="Anomaly of p 1 since 2024-01-01T00:00:00.000Z, severity 50, channels flow.",score=4,channels="flow:0.75" 1704067200000'
    const score = 'telltale_score,device=p\\ 1 score=1.1,p_value=0.01,severity=5,flag=true 2000'
    const bodies = (scores: boolean) => [...influxFormat({ token: 't', scores }).bodies(outputs)]
    expect(bodies(true)).toEqual([`${event}\n${score}`])
    expect(bodies(false)).toEqual([event])
    expect([...influxFormat({ scores: false }).bodies([{ device: 'p', events: [], scored }])]).toEqual([])
    expect(influxFormat({ token: 't', scores: true }).headers?.('')).toEqual({ authorization: 'Token t' })
  })
})
