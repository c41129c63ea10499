import type { Message } from '../sources/index.js'

const MOST_NAMED = 8
/** Messages after which a channel that none of them held counts as absent. */
const ENOUGH_MESSAGES = 20
/** Names that are remembered: with more none is new. */
const MOST_SEEN = 1000

/**
 * Notes of messages whose fields are not those that the models read: none is a channel, one that `--map` names is absent, a channel is in none of the
 * first messages, which hold other fields, or a channel is gone and a new field has come. Cost per message: O(fields), and O(channels) where it holds
 * fields that are none.
 *
 * @param channels every column that a model reads; none where devices learn their models
 * @param renamed field by channel, as `--map` says
 */
export function createFieldNotes(
  note: (kind: string, text: string) => void,
  channels: ReadonlySet<string>,
  renamed: ReadonlyMap<string, string>,
): (messages: readonly Message[]) => void {
  const seen = new Set<string>()
  let taken = 0
  return messages => {
    if (channels.size === 0) return
    for (const { names, values, isGone } of messages) {
      if (isGone || names.length === 0) continue
      taken++
      const unknown = names.filter(name => !channels.has(name))
      const fresh = seen.size < MOST_SEEN ? unknown.filter(name => !seen.has(name)) : []
      const present = new Set(names.filter((name, i) => channels.has(name) && isThere(values[i])))
      // Without another field there is nothing to say.
      const lost = unknown.length > 0 ? [...channels].filter(name => !present.has(name)) : []
      if (unknown.length === names.length)
        note(
          'no-channel',
          `messages hold ${listed(unknown)}, and no channel of the model: --map ${hint(lost)} says which field is which`,
        )
      // A field that was there before may be without a reading now.
      const unmapped = lost.filter(name => renamed.has(name) && !seen.has(name))
      if (unmapped.length > 0 && present.size > 0)
        note(
          'map',
          `messages have no field ${listed(unmapped.map(name => renamed.get(name)!))}, which --map names; they hold ${listed(unknown)}: correct --map ${hint(unmapped)}`,
        )
      const absent = lost.filter(name => !seen.has(name) && !renamed.has(name))
      if (taken >= ENOUGH_MESSAGES && absent.length > 0 && present.size > 0)
        note(
          'absent',
          `no message holds ${listed(absent)}, which the model reads; they hold ${listed(unknown)}, which it does not: where it is the same reading, --map ${hint(absent)} names its field`,
        )
      const gone = fresh.length > 0 ? lost.filter(name => seen.has(name)) : []
      if (gone.length > 0)
        note(
          'fields',
          `the fields of messages have changed: ${listed(gone)} is gone, ${listed(fresh)} is new; where it is the same reading, --map ${hint(gone)} names its field`,
        )
      if (seen.size < MOST_SEEN) {
        for (const name of present) seen.add(name)
        for (const name of unknown) seen.add(name)
      }
    }
  }
}

const isThere = (value: unknown): boolean => typeof value === 'string' || !Number.isNaN(value)

const hint = (names: readonly string[]) =>
  names
    .slice(0, MOST_NAMED)
    .map(name => `${/[\s,="]/.test(name) ? `'${name}'` : name}=FIELD`)
    .join()

const listed = (names: readonly string[]) =>
  `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ' and more' : ''}`
