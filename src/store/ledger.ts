import type { HistoryEntry } from './history.js'

/** What the history of a model comes to. */
export interface Ledger {
  /** Alias -> the versions it named, the current one last. */
  readonly aliases: ReadonlyMap<string, readonly number[]>
  /** Version -> its tags. */
  readonly tags: ReadonlyMap<number, Readonly<Record<string, string>>>
  readonly notes: ReadonlyMap<number, string>
  readonly deleted: ReadonlySet<number>
}

/** Applies all changes in order. Cost O(changes). */
export function ledgerOf(history: readonly HistoryEntry[]): Ledger {
  const aliases = new Map<string, number[]>()
  const tags = new Map<number, Record<string, string>>()
  const notes = new Map<number, string>()
  const deleted = new Set<number>()
  for (const { change } of history) {
    switch (change.action) {
      case 'promote':
        aliases.set(change.alias, [...(aliases.get(change.alias) ?? []), change.to])
        break
      case 'rollback': {
        const named = aliases.get(change.alias) ?? []
        aliases.set(change.alias, named.slice(0, named.lastIndexOf(change.to, -2) + 1))
        break
      }
      case 'unalias':
        aliases.delete(change.alias)
        break
      case 'tag': {
        const { [change.key]: _, ...others } = tags.get(change.version) ?? {}
        tags.set(change.version, change.value === null ? others : { ...others, [change.key]: change.value })
        break
      }
      case 'note':
        notes.set(change.version, change.text)
        break
      case 'delete':
        deleted.add(change.version)
    }
  }
  return { aliases, tags, notes, deleted }
}

/** The version that an alias names now. */
export function aliasTarget({ aliases }: Ledger, alias: string): number | undefined {
  return aliases.get(alias)?.at(-1)
}

/** The version that a rollback of an alias returns to: the last one that it named before and that still exists. */
export function rollbackTarget({ aliases, deleted }: Ledger, alias: string): number | undefined {
  const named = aliases.get(alias) ?? []
  return named.findLast(version => version !== named.at(-1) && !deleted.has(version))
}

/** The alias that keeps a version, and why; undefined when nothing needs it. */
export function neededBy(
  ledger: Ledger,
  version: number,
): { readonly alias: string; readonly reason: string } | undefined {
  for (const alias of ledger.aliases.keys()) {
    if (aliasTarget(ledger, alias) === version) return { alias, reason: `the alias ${alias} names it` }
    if (rollbackTarget(ledger, alias) === version)
      return { alias, reason: `a rollback of ${alias} returns to it` }
  }
  return undefined
}

/** The aliases that name a version, sorted. */
export function aliasesOf(ledger: Ledger, version: number): string[] {
  return [...ledger.aliases.keys()].filter(alias => aliasTarget(ledger, alias) === version).sort()
}
