import { isNumber } from './number.js'
import { isUnit, isUnitLabel } from './unit-text.js'

const LONGEST_UNIT = 12

/** Whether a column may hold the units of readings: it is called so, with short texts that are no numbers. */
export const mayHoldUnits = (name: string, texts: readonly string[]): boolean =>
  isUnitLabel(name.trim()) &&
  texts.length > 0 &&
  texts.every(text => text.trim().length <= LONGEST_UNIT && !isNumber(text.trim()))

/** Whether a column holds units of readings and no names of devices: a device is called a unit as well, and letters alone may be names. */
export const holdsUnits = (name: string, texts: readonly string[]): boolean =>
  mayHoldUnits(name, texts) &&
  (!/^unit$/i.test(name.trim()) || texts.some(text => text.trim().length > 1 && isUnit(text.trim())))
