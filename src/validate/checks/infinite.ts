import { at, type Check } from '../evidence.js'

/** Readings that are plus or minus infinity; in data to be scored they count as missing. */
export const checkInfinite: Check = ({ channels, schema }) =>
  channels.flatMap(({ name, infinite, tally }) =>
    infinite === 0 || schema
      ? []
      : [{ code: 'infinite-values', channel: name, place: at(tally.firstInfinite), count: infinite }],
  )
