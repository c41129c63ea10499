import { isMissingText, trimCell } from './cell.js'

const UNIT =
  /^[[(]?(?:[%‰°µμΩ].{0,10}|-|ts|rn|smp|avg|min|max|tot|std|deg\s?[cfk]?|[cfkvaswhgnmlj]|[a-zµμ]{0,2}(?:bar|pa|hz|kw|w|wh|va|v|a|ma|l|m|g|s|j|n|ohm|psi|rpm|ppm|lux|db|kg|t|k)|volts?|amps?|celsius|kelvin|fahrenheit|percent|seconds?|minutes?|hours?|[a-z°%µ\d³²]{1,6}\/[a-z\d³²]{1,4}|1\/min|u\/min|m[²³23]|hh:mm(?::ss)?|yyyy.{0,20}|string|double|long|datetime|timestamp|float|real|integer|int|number|numeric|decimal|boolean|bool|varchar|text|unit)[\])]?$/i

/** A unit as it was written, where its UTF-8 was taken for Latin-1: `Â°C` is `°C`. */
export const writtenUnit = (text: string): string => text.replace(/Â(?=[\u00a0-\u00bf])/g, '')

/** Whether a text reads like a unit: `bar`, `°C`, `[l/min]`. */
export const isUnit = (text: string): boolean => UNIT.test(writtenUnit(text))

/** Whether a text is what a row or a column of units is called. */
export const isUnitLabel = (text: string): boolean =>
  /^(?:y[_ ])?(?:units?|unit[_ ]labels?|uom|unit[_ ]?of[_ ]?measure(?:ment)?|(?:engineering|eng)[_ ]?units?|einheit(?:en)?|unité|unidad|unità)$/i.test(
    text,
  )

const WITH_SUFFIX = /^([+-]?[\d.,'\u2019 \u00a0\u202f]*\d)([ \u00a0\u202f]*)([^\d\s.,;:+-][^\d\s,;:]{0,7})$/

/** The unit behind the number of a cell; undefined where there is none. */
export function unitBehind(cell: string): string | undefined {
  const unit = WITH_SUFFIX.exec(trimCell(cell))?.[3]
  return unit !== undefined && isUnit(unit) ? unit : undefined
}

/** A cell without the unit behind its number. */
export function withoutUnit(cell: string): string {
  const text = trimCell(cell)
  return unitBehind(text) === undefined ? text : WITH_SUFFIX.exec(text)![1]!
}

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
