import type { Explanation } from './explain.js'

/** How much a channel matters over a set of events. */
export interface ChannelImportance {
  readonly name: string
  /** Events that it explains, and in which it is first. */
  readonly explains: number
  readonly first: number
  /** Mean share in the score. */
  readonly share: number
}

/** Importance of the channels over a set of events, the most important first. Cost O(E C). */
export function importance(explanations: readonly Explanation[]): ChannelImportance[] {
  const all = new Map<string, { explains: number; first: number; share: number }>()
  for (const { channels } of explanations)
    channels.forEach(({ name, explains, share }, place) => {
      const sum = all.get(name) ?? { explains: 0, first: 0, share: 0 }
      sum.explains += explains ? 1 : 0
      sum.first += place === 0 ? 1 : 0
      sum.share += share / explanations.length
      all.set(name, sum)
    })
  return [...all]
    .map(([name, sums]) => ({ name, ...sums }))
    .sort((a, b) => b.explains - a.explains || b.first - a.first || b.share - a.share)
}
