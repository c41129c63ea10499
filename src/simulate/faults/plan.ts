import { type Random, shuffle } from '../../core/random.js'
import { type Difficulty, FAULT_CATALOGUE, FAULT_KINDS, type FaultKind, type FaultName } from './catalogue.js'
import type { InjectedFault } from './inject.js'

/** Largest share of the samples that faults may take. */
const LARGEST_SHARE = 0.3

/**
 * Draws `count` faults that do not touch: kinds in turn from shuffled rounds of the catalogue, so that each appears once before
 * any appears twice; durations as the kind says, shortened together when they would cover more than 30% of the samples; the
 * first twentieth of the samples stays free.
 */
export function planFaults(
  rows: number,
  channels: readonly string[],
  count: number,
  difficulty: Difficulty,
  random: Random,
): InjectedFault[] {
  const kinds = drawKinds(count, channels.length, random)
  const wanted = kinds.map(kind => {
    const [shortest, longest] = FAULT_CATALOGUE[kind].duration
    return shortest + random.integer(longest - shortest + 1)
  })
  const total = wanted.reduce((sum, length) => sum + length, 0)
  const shrink = Math.min(1, (LARGEST_SHARE * rows) / total)
  const lengths = wanted.map(length => Math.max(1, Math.floor(length * shrink)))

  const free = Math.floor(0.95 * rows) - lengths.reduce((sum, length) => sum + length, 0) - count
  // Sorted uniform cuts give gaps of random length; one sample more keeps neighbours apart.
  const cuts = lengths.map(() => random.integer(free + 1)).sort((a, b) => a - b)
  let before = rows - Math.floor(0.95 * rows)
  return kinds.map((kind, i) => {
    const start = before + cuts[i] + i
    before += lengths[i]
    const { magnitude, channels: most }: FaultKind = FAULT_CATALOGUE[kind]
    return {
      id: `fault-${i + 1}`,
      kind,
      start,
      end: start + lengths[i],
      channels: drawChannels(channels, most, random),
      magnitude: magnitude[difficulty],
      ...(difficulty === 'subtle' && { gradual: true }),
    }
  })
}

function drawKinds(count: number, channelCount: number, random: Random): FaultName[] {
  // With a single channel there is no relation to break.
  const possible = FAULT_KINDS.filter(kind => kind !== 'correlation-break' || channelCount > 1)
  const drawn: FaultName[] = []
  while (drawn.length < count) drawn.push(...shuffle([...possible], random))
  return drawn.slice(0, count)
}

/** One to `most` channels, never all of several, in the order of the frame. */
function drawChannels(channels: readonly string[], most: number, random: Random): string[] {
  const limit = Math.max(1, Math.min(most, channels.length - 1))
  const chosen = shuffle([...channels], random).slice(0, 1 + random.integer(limit))
  return channels.filter(name => chosen.includes(name))
}
