import { describe, expect, it } from 'vitest'
import { channelsDiffer } from '../../src/core/channels.js'

describe('channelsDiffer', () => {
  it.each([
    [['flow'], ['FLOW'], "perhaps --rename 'FLOW=flow'"],
    [
      ['flow_rate', 'temp'],
      ['Flow Rate [l/h]', 'Temp (°C)'],
      "perhaps --rename 'Flow Rate [l/h]=flow_rate,Temp (°C)=temp'",
    ],
    [['pressure_bar'], ['Pressure [bar]'], "perhaps --rename 'Pressure [bar]=pressure_bar'"],
    [['Pressure [bar]'], ['Pressure (bar)'], "perhaps --rename 'Pressure (bar)=Pressure [bar]'"],
    [['Pressure [bar]'], ['pressure_bar'], "perhaps --rename 'pressure_bar=Pressure [bar]'"],
    [['temp_c'], ['Temp [°C]'], "perhaps --rename 'Temp [°C]=temp_c'"],
    [['flow_lpm'], ['Flow (l/min)'], "perhaps --rename 'Flow (l/min)=flow_lpm'"],
    [['flow m3/h'], ['FLOW [m³/h]'], "perhaps --rename 'FLOW [m³/h]=flow m3/h'"],
    [['phase_a', 'phase_b'], ['Phase A', 'Phase B'], "perhaps --rename 'Phase A=phase_a,Phase B=phase_b'"],
    [['temp_in'], ['Temp In'], "perhaps --rename 'Temp In=temp_in'"],
  ])('names the option where names differ in case, signs or unit alone: %j', (missing, extra, advice) => {
    expect(channelsDiffer(missing, extra).message).toContain(advice)
  })

  it.each([
    ['pressure_bar', 'Pressure [psi]', 'convert it to bar before (x 0.0689476)'],
    ['Pressure (kPa)', 'pressure_bar', 'convert it to kPa before (x 100)'],
    ['temp_f', 'temp_c', 'convert it to °F before (x 1.8 + 32)'],
    ['Temp [K]', 'Temp [°C]', 'convert it to K before (+ 273.15)'],
    ['gap_mm', 'Gap [in]', 'convert it to mm before (x 25.4)'],
    ['flow [m3/h]', 'Flow L/min', 'convert it to m3/h before (x 0.06)'],
    ['load [xyz]', 'Load [abc]', 'convert it to xyz before'],
    ['load [V]', 'Load [A]', 'convert it to V before'],
  ])('names no option where the unit is another one: %s and %s', (name, other, advice) => {
    const { message } = channelsDiffer([name], [other])
    expect(message).not.toContain('--rename')
    expect(message.endsWith(`; ${other} is perhaps ${name} in another unit: ${advice}`)).toBe(true)
  })

  it.each([
    [['temp'], ['temp_in']],
    [['flow'], ['flow_min']],
    [['phase'], ['phase_a']],
    [['flow'], ['level']],
    [['flow'], ['Flow', 'FLOW']],
    [['a [l]', 'a [m]'], ['A']],
    [["it's"], ["It's"]],
    [['flow'], []],
  ])('guesses nothing else: %j', (missing, extra) => {
    expect(channelsDiffer(missing, extra).message).not.toContain('--rename')
  })
})
