import { describe, expect, it } from 'vitest'
import { streamOptions } from '../../src/cli/stream-options.js'

describe('topics to write to', () => {
  const given = { model: ['m'] }
  it.each(['sparkplugHost', 'homeAssistant'])('%s takes a name, and no wildcard', name => {
    const parse = (value: string) => streamOptions.safeParse({ ...given, [name]: value }).success
    expect(parse('homeassistant')).toBe(true)
    for (const value of ['', '+', 'home/#', 'a+b']) expect(parse(value), value).toBe(false)
  })
})
