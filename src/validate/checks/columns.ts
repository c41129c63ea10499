import type { Check } from '../evidence.js'

/** The channels against the expected ones, and against those of the model. */
export const checkColumns: Check = ({ channels: profiles, expectedColumns, schema }) => {
  const channels = profiles.map(({ name }) => name)
  const known = schema?.channels.map(({ name }) => name)
  return [
    ...without(expectedColumns, channels).map(channel => ({ code: 'column-missing', channel }) as const),
    ...(expectedColumns.length === 0
      ? []
      : without(channels, expectedColumns).map(channel => ({ code: 'column-unexpected', channel }) as const)),
    ...(known === undefined
      ? []
      : [
          ...without(known, channels).map(channel => ({ code: 'channel-lost', channel }) as const),
          ...without(channels, known).map(channel => ({ code: 'channel-unknown', channel }) as const),
        ]),
  ]
}

function without(names: readonly string[], others: readonly string[]): string[] {
  const taken = new Set(others)
  return names.filter(name => !taken.has(name))
}
