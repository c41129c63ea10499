import { at, type Check } from '../evidence.js'

/** Readings that are plus or minus infinity. */
export const checkInfinite: Check = ({ channels }) =>
  channels.flatMap(({ name, infinite, tally }) =>
    infinite === 0
      ? []
      : [{ code: 'infinite-values', channel: name, place: at(tally.firstInfinite), count: infinite }],
  )
