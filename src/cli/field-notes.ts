import { alikeNames, otherUnits } from '../core/channels.js'
import { isSensorName, isValueName } from '../ingest/index.js'
import type { Message } from '../sources/index.js'

const MOST_NAMED = 8
/** Messages after which a channel that none of them held counts as absent. */
const ENOUGH_MESSAGES = 20
/** Names that are remembered: with more none is new. */
const MOST_SEEN = 1000

/** Looks at the fields of messages. */
export interface FieldNotes {
  look(messages: readonly Message[]): void
  /** Channels of which no message held a reading. */
  unseen(): string[]
}

/**
 * Notes of messages whose fields are not those that the models read: none is a channel, one that `--map` names is absent, a channel is in none of the
 * first messages, which hold other fields, or a channel is gone and a new field has come. Cost per message: O(fields), and O(channels) where it holds
 * fields that are none.
 *
 * @param note takes the kind of a note, its text, and the option without which no message is scored, where there is one
 * @param channels every column that a model reads; none where devices learn their models
 * @param renamed field by channel, as `--map` says
 * @param isJoined whether readings of several messages make a sample
 */
export function createFieldNotes(
  note: (kind: string, text: string, option?: string) => void,
  channels: ReadonlySet<string>,
  renamed: ReadonlyMap<string, string>,
  isJoined = true,
): FieldNotes {
  const seen = new Set<string>()
  let taken = 0
  /** Whether each message so far held one channel, of several. */
  let isAlone = !isJoined && channels.size !== 1
  const spread = createSpread()
  const look = (messages: readonly Message[]) => {
    for (const { names, values, isGone, device, timeMs } of messages) {
      if (isGone || names.length === 0) continue
      taken++
      const unknown = names.filter(name => !channels.has(name))
      const fresh = seen.size < MOST_SEEN ? unknown.filter(name => !seen.has(name)) : []
      const present = new Set(names.filter((name, i) => channels.has(name) && isThere(values[i])))
      // Where devices learn their models every field is a channel.
      isAlone &&= present.size === 1 || names.length === 1
      if (isAlone) spread.push(device, names[0]!, timeMs)
      if (taken >= ENOUGH_MESSAGES && isAlone && spread.channels() > 1) noteJoin(note, spread.duration())
      if (channels.size === 0) continue
      // Without another field there is nothing to say.
      const lost = unknown.length > 0 ? [...channels].filter(name => !present.has(name)) : []
      if (unknown.length === names.length)
        note(
          'no-channel',
          `messages hold ${listed(unknown)}, and no channel of the model: --map ${readingHint(unknown) ?? `${hint(lost, unknown)} says which field is which`}${unitNote(lost, unknown)}`,
        )
      // A field that was there before may be without a reading now.
      const unmapped = lost.filter(name => renamed.has(name) && !seen.has(name))
      if (unmapped.length > 0 && present.size > 0)
        note(
          'map',
          `messages have no field ${listed(unmapped.map(name => renamed.get(name)!))}, which --map names; they hold ${listed(unknown)}: correct --map ${hint(unmapped, unknown)}`,
        )
      const absent = lost.filter(name => !seen.has(name) && !renamed.has(name))
      if (taken >= ENOUGH_MESSAGES && absent.length > 0 && present.size > 0)
        note(
          'absent',
          `no message holds ${listed(absent)}, which the model reads; they hold ${listed(unknown)}, which it does not: where it is the same reading, --map ${hint(absent, unknown)} names its field${unitNote(absent, unknown)}`,
        )
      const gone = fresh.length > 0 ? lost.filter(name => seen.has(name)) : []
      if (gone.length > 0)
        note(
          'fields',
          `the fields of messages have changed: ${listed(gone)} is gone, ${listed(fresh)} is new; where it is the same reading, --map ${hint(gone, fresh)} names its field`,
        )
      if (seen.size < MOST_SEEN) {
        for (const name of present) seen.add(name)
        for (const name of unknown) seen.add(name)
      }
    }
  }
  return { look, unseen: () => [...channels].filter(name => !seen.has(name)) }
}

function noteJoin(note: Parameters<typeof createFieldNotes>[0], duration: string): void {
  const option = `--join ${duration}`
  note(
    'join',
    `each message holds one channel of several: ${option} makes one sample of those of one time`,
    option,
  )
}

/** Where each message is a reading that names its channel. */
function readingHint(names: readonly string[]): string | undefined {
  const [channel, value] = [names.find(isSensorName), names.find(isValueName)]
  if (channel === undefined || value === undefined) return undefined
  return `channel=${channel},value=${value} reads a reading of the channel that each names, and --join 1s makes samples of them`
}

const JOINED_MS = [0, 10, 100, 1000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000]

/** How far apart the readings of one sample are, by the messages of the first device: one whose channel is there already begins the next sample. */
function createSpread() {
  let own: string | undefined
  const channels = new Set<string>()
  let open = new Set<string>()
  let startMs = Number.NaN
  let widestMs = 0
  let stepMs = Number.POSITIVE_INFINITY
  return {
    push(device: string, name: string, timeMs: number): void {
      own ??= device
      if (device !== own || Number.isNaN(timeMs)) return
      channels.add(name)
      if (open.has(name) || open.size === 0) {
        if (timeMs > startMs) stepMs = Math.min(stepMs, timeMs - startMs)
        open = new Set()
        startMs = timeMs
      }
      open.add(name)
      widestMs = Math.max(widestMs, timeMs - startMs)
    },
    channels: () => channels.size,
    /** The shortest common duration that holds the readings of a sample, and not those of the next. */
    duration(): string {
      const ms = JOINED_MS.find(ms => ms >= widestMs) ?? widestMs
      return plainDuration(ms < stepMs ? ms : widestMs)
    },
  }
}

function plainDuration(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000}m`
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000}s` : `${Math.ceil(ms)}ms`
}

const isThere = (value: unknown): boolean => typeof value === 'string' || !Number.isNaN(value)

const unitNote = (channels: readonly string[], fields: readonly string[]) =>
  otherUnits(channels, fields)
    .slice(0, MOST_NAMED)
    .map(text => `; ${text}`)
    .join('')

/** The entries of `--map` for channels: with the field whose name is the same but for case, signs and unit where there is one. */
function hint(channels: readonly string[], fields: readonly string[]): string {
  const alike = new Map(alikeNames(channels, fields))
  if (alike.size === channels.length) return `'${[...alike].map(pair => pair.join('=')).join()}'`
  const quoted = (text: string, isPlain: RegExp) => (isPlain.test(text) ? text : `'${text}'`)
  return channels
    .slice(0, MOST_NAMED)
    .map(name => {
      const field = alike.get(name)
      return field === undefined
        ? `${quoted(name, /^[^\s,="]*$/)}=FIELD`
        : quoted(`${name}=${field}`, /^[\w.=-]*$/)
    })
    .join()
}

const listed = (names: readonly string[]) =>
  `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ' and more' : ''}`
