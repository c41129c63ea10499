import { expect, it } from 'vitest'
import { shortName } from '../../../src/report/plots/short-name.js'

it('long names that differ at their end only stay apart', () => {
  const [one, two] = [1, 2].map(k => shortName(`temperature_bearing_drive_end_${k}`))
  expect([one, two]).toEqual(['temperatur…rive_end_1', 'temperatur…rive_end_2'])
  expect(one).toHaveLength(21)
  expect(shortName('pressure_of_the_pump_1_in')).toHaveLength(21)
  expect(shortName('motor_temperature')).toBe('motor_temperature')
})
