import { describe, expect, it } from 'vitest'
import { namedChannels } from '../../src/explain/index.js'

describe('units of channels', () => {
  it('come from the option, else from the header', () => {
    expect(namedChannels(['temp [°C]', 'flow', 'x[0]'], ['flow=m³/h', 'temp=K'])).toEqual([
      { label: 'temp', unit: 'K' },
      { label: 'flow', unit: 'm³/h' },
      { label: 'x', unit: '0' },
    ])
    expect(namedChannels(['a'])).toEqual([{ label: 'a' }])
  })

  it.each(['flow', '=K', 'flow=', 'nothing=K'])('refuse %s', entry => {
    expect(() => namedChannels(['flow'], [entry])).toThrow(
      expect.objectContaining({ code: 'option-invalid' }),
    )
  })
})
