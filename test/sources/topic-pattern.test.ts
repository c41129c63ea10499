import { describe, expect, it } from 'vitest'
import { topicPattern } from '../../src/sources/index.js'

describe('a topic pattern', () => {
  it.each([
    [
      'plant/{area}/{device}/telemetry',
      'plant/+/+/telemetry',
      'plant/a/b/telemetry',
      { area: 'a', device: 'b' },
    ],
    ['{device}/#', '+/#', 'p/x/y', { device: 'p' }],
    ['{device}/#', '+/#', 'p', { device: 'p' }],
    ['a/+/{channel}', 'a/+/+', 'a/b/c', { channel: 'c' }],
  ])('%s subscribes to %s and names the parts of %s', (pattern, filter, topic, parts) => {
    expect(topicPattern(pattern).filter).toBe(filter)
    expect(topicPattern(pattern).match(topic)).toEqual(parts)
  })

  it('fits no topic of another length or text', () => {
    for (const topic of ['plant/a', 'plant/a/b/c/d', 'other/a/b'])
      expect(topicPattern('plant/{area}/{device}').match(topic)).toBeUndefined()
  })

  it.each(['', 'a/#/b', 'a/x{b}', 'a/{b}/{b}', 'a/b+'])('refuses %j', pattern => {
    expect(() => topicPattern(pattern)).toThrow(expect.objectContaining({ code: 'option-invalid' }))
  })
})
