import { isMissingText, trimCell } from './cell.js'

const UNIT =
  /^[[(]?(?:[%‰°µμΩ].{0,10}|-|ts|rn|smp|avg|min|max|tot|std|deg\s?[cfk]?|[cfkvaswhgnmlj]|[a-zµμ]{0,2}(?:bar|pa|hz|kw|w|wh|va|v|a|ma|l|m|g|s|j|n|ohm|psi|rpm|ppm|lux|db|kg|t|k)|volts?|amps?|celsius|kelvin|fahrenheit|percent|seconds?|minutes?|hours?|[a-z°%µ\d³²]{1,6}\/[a-z\d³²]{1,4}|1\/min|u\/min|m[²³23]|hh:mm(?::ss)?|yyyy.{0,20}|string|double|long|datetime|timestamp|float|real|integer|int|number|numeric|decimal|boolean|bool|varchar|text|unit)[\])]?$/i

/** Whether a text reads like a unit: `bar`, `°C`, `[l/min]`. */
export const isUnit = (text: string): boolean => UNIT.test(text)

/** Whether texts are units of readings: letters alone may be names as well. */
export function areUnits(texts: readonly string[]): boolean {
  return texts.some(text => text.trim().length > 1) && texts.every(text => isUnit(text.trim()))
}

const WITH_SUFFIX = /^([+-]?[\d.,'\u2019 \u00a0\u202f]*\d)([ \u00a0\u202f]*)([^\d\s.,;:+-][^\d\s,;:]{0,7})$/

/** The unit that follows every number of a column: `20.1 °C`, `50 %`, `3,5 bar`. Undefined where one cell has none, or another. */
export function suffixOf(cells: readonly string[]): string | undefined {
  let suffix: string | undefined
  let isSure = false
  for (const cell of cells) {
    const [, number, gap, found] = WITH_SUFFIX.exec(trimCell(cell)) ?? []
    if (found === undefined) {
      if (!isMissingText(cell, true)) return undefined
      continue
    }
    if (found !== (suffix ?? found) || !isUnit(found)) return undefined
    suffix = found
    // `12A` may be a name, `12 A`, `12.5A` and `12°` are not.
    isSure ||= gap !== '' || /[.,]/.test(number!) || !/^[a-z]$/i.test(found)
  }
  return isSure ? suffix : undefined
}
