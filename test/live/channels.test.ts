import { expect, it } from 'vitest'
import { createDeviceChannels } from '../../src/live/channels.js'
import type { ModelInfo } from '../../src/model/index.js'

const infoOf = (channels: readonly string[], derived: readonly object[]) =>
  ({ channels, options: { derived }, training: { timeKind: 'utc' } }) as unknown as ModelInfo

it('reads a text as the position of a state, or as a number where only another model of the stream has states of the name', () => {
  const state = { channel: 'mode=1', from: 'mode', kind: 'state', value: '1', values: ['0', '1'] }
  const texts = createDeviceChannels(infoOf(['mode=1'], [state]))
  const numbers = createDeviceChannels(infoOf(['mode'], []))
  expect(texts.numbersOf(['mode', 'mode', 'mode'], ['1', '7', ''])).toEqual([1, -1, Number.NaN])
  expect(numbers.numbersOf(['mode', 'mode', 'mode'], ['2', 'run', ''])).toEqual([2, Number.NaN, Number.NaN])
})
