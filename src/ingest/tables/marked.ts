import { trimCell } from './cell.js'

const NUMBER = String.raw`[+-]?(?:\d[\d., ]*|[.,]\d+)(?:e[+-]?\d+)?`
const MARKS = [
  {
    form: new RegExp(`^[<\u2264]=?\\s*${NUMBER}$`, 'i'),
    what: 'a reading below the limit of its instrument',
  },
  {
    form: new RegExp(`^[>\u2265]=?\\s*${NUMBER}$`, 'i'),
    what: 'a reading above the limit of its instrument',
  },
  {
    form: new RegExp(`^\\(\\s*${NUMBER}\\s*\\)$`, 'i'),
    what: 'a number in brackets, negative or only marked',
  },
  {
    form: new RegExp(
      `^(?:[~\u2248$\u20ac\u00a3]\\s*${NUMBER}|${NUMBER}\\s*(?:[*\u2020\u2021?!#]|(?:\u00b1|\\+/-).*))$`,
      'i',
    ),
    what: 'a number with a mark',
  },
] as const

/** What a cell is that holds a number and a sign that changes its meaning: `<5`, `5*`, `(5)`; undefined for every other one. */
export function markOf(cell: string): string | undefined {
  const text = trimCell(cell)
  return MARKS.find(({ form }) => form.test(text))?.what
}
