import { type Database, openDatabase } from '../../engine/index.js'
import type { Event } from '../contract/index.js'
import { type DeviceRecord, eventOfRow, matchOf, modelName, type Pattern, sharesOf } from './records.js'
import { SCHEMA } from './schema.js'
import { createUsualError, type UsualError } from './usual-error.js'

/** A sample on its way to the disk. */
export interface SampleRow {
  readonly device: string
  readonly timeMs: number
  readonly score: number
  readonly severity: number
  readonly flag: number
  readonly reason: number
  readonly readings: Float64Array | Float32Array
  readonly expected: Float64Array | undefined
}

/** Samples are written when there are this many, and a moment after the first of them. */
const LARGEST_BATCH = 5000
const FLUSH_MS = 1000
/** The newest score of each device, among the samples of its last hour. */
const LAST_SCORES = `select device, arg_max(score, time_ms) as score from samples join devices on devices.id = samples.device
  where score is not null and time_ms > last_ms - 3600000 group by device`
/** Samples that wait to be written at most. */
const MOST_WAITING = 2 * LARGEST_BATCH

/**
 * Events, samples, devices and feedback of a server: a database file with one owner. What streams bring is written in batches, each whole or not at all with the
 * position of its stream; whoever reads gets what was written and what waits.
 */
export class Keep {
  readonly database: Database
  readonly devices = new Map<string, DeviceRecord>()
  /** Of events that were said to be expected or false alarms. */
  readonly patterns = new Map<string, Pattern>()
  readonly #errors = new Map<string, UsualError>()
  readonly #changed = new Set<DeviceRecord>()
  #samples: SampleRow[] = []
  #events = new Map<string, Event>()
  #progress = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #failure: unknown

  private constructor(database: Database) {
    this.database = database
  }

  /** Errors: as `openDatabase`. */
  static async open(file: string): Promise<Keep> {
    const keep = new Keep(await openDatabase(file, SCHEMA))
    await keep.#load()
    return keep
  }

  async #load(): Promise<void> {
    for (const row of await this.database.rows('select * from devices')) {
      const id = row.id as string
      this.devices.set(id, {
        id,
        stream: row.stream as string,
        name: row.name as string,
        model: row.model as string,
        channels: JSON.parse(row.channels as string),
        cadenceMs: row.cadence_ms as number | null,
        firstMs: row.first_ms as number | null,
        lastMs: row.last_ms as number | null,
        samples: row.samples as number,
        score: null,
        lacking: 0,
        lacks: [],
        refusedFor: null,
        isSilent: false,
        open: new Set(),
        alarmEndMs: Number.NEGATIVE_INFINITY,
      })
    }
    const scores = await this.database.rows(LAST_SCORES)
    for (const { device, score } of scores) {
      const known = this.devices.get(device as string)
      if (known) known.score = score as number
    }
    const open = await this.database.rows(
      `select id, device from events where state = 'open' and matches is null`,
    )
    for (const { id, device } of open) this.devices.get(device as string)?.open.add(id as string)
    for (const event of await this.eventRows(`where verdict in ('expected', 'false-alarm')`))
      this.learn(event)
  }

  /** The record of a device; it is made with the first message of the device. */
  device(stream: string, name: string, model: string, channels: readonly string[], cadenceMs: number | null) {
    const id = `${stream}:${name}`
    const known = this.devices.get(id)
    if (known) {
      if (known.model !== model) Object.assign(known, { model, channels, cadenceMs })
      return known
    }
    const made: DeviceRecord = {
      id,
      stream,
      name,
      model,
      channels,
      cadenceMs,
      firstMs: null,
      lastMs: null,
      samples: 0,
      score: null,
      lacking: 0,
      lacks: [],
      refusedFor: null,
      isSilent: false,
      open: new Set(),
      alarmEndMs: Number.NEGATIVE_INFINITY,
    }
    this.devices.set(id, made)
    return made
  }

  usualError(device: DeviceRecord): UsualError {
    const known = this.#errors.get(device.id) ?? createUsualError(device.channels.length)
    this.#errors.set(device.id, known)
    return known
  }

  /** Takes a sample; it is on the disk after the next `flush`. */
  addSample(device: DeviceRecord, sample: SampleRow): void {
    device.firstMs ??= sample.timeMs
    device.lastMs = sample.timeMs
    device.samples++
    device.score = Number.isNaN(sample.score) ? device.score : sample.score
    if (sample.expected && !sample.flag) this.usualError(device).add(sample.readings, sample.expected)
    this.#changed.add(device)
    this.#samples.push(sample)
  }

  /** Takes an event as it is now; what was known of it beside stays. */
  addEvent(device: DeviceRecord, event: Event): Event {
    const own = { ...event, matches: this.matchOf(event) }
    const { matches } = own
    this.#events.set(own.id, own)
    if (own.state === 'open' && matches === null) device.open.add(own.id)
    else device.open.delete(own.id)
    if (own.state === 'closed' && matches === null) device.alarmEndMs = own.endMs
    return own
  }

  /** Id of the event whose pattern an event belongs to; null for none, and for one that has a verdict of its own. */
  matchOf(event: Event): string | null {
    return event.feedback === null ? (matchOf(event, this.patterns.values())?.event ?? null) : null
  }

  /** Notes that a batch of a stream was taken whole; writes soon. */
  endBatch(stream: string, batch: number): void {
    this.#progress.set(stream, batch)
    if (this.#failure !== undefined) throw this.#failure
    if (this.#samples.length >= LARGEST_BATCH) void this.flush().catch(this.#fail)
    else this.#timer ??= setTimeout(() => void this.flush().catch(this.#fail), FLUSH_MS).unref()
  }

  /** Waits while more is on its way to the disk than is written together: who brings samples faster than they are written waits here. */
  async room(): Promise<void> {
    while (this.#samples.length > MOST_WAITING) await this.flush()
  }

  #fail = (error: unknown) => {
    this.#failure ??= error
  }

  /** Why nothing more can be written; undefined while all is well. */
  get failure(): unknown {
    return this.#failure
  }

  /** Writes all that was taken. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    if (this.#samples.length === 0 && this.#events.size === 0 && this.#progress.size === 0) return
    const [samples, events, progress, devices] = [
      this.#samples,
      this.#events,
      this.#progress,
      [...this.#changed],
    ]
    this.#samples = []
    this.#events = new Map()
    this.#progress = new Map()
    this.#changed.clear()
    await this.database.transaction(async write => {
      write.append(
        'samples',
        samples.map(row => [
          row.device,
          row.timeMs,
          row.score,
          row.severity,
          row.flag,
          row.reason,
          row.readings,
          row.expected ?? null,
        ]),
      )
      for (const device of devices) await write.run(PUT_DEVICE, deviceCells(device))
      for (const event of events.values()) await write.run(PUT_EVENT, eventCells(event))
      for (const [stream, batch] of progress)
        await write.run('insert or replace into progress values ($1, $2)', [stream, batch])
    })
  }

  /** The last batch of a stream that is on the disk. */
  async progressOf(stream: string): Promise<number> {
    const [row] = await this.database.rows('select batch from progress where stream = $1', [stream])
    return (row?.batch as number | undefined) ?? 0
  }

  /** A stream starts from the beginning: its batches are counted from one again. */
  async forgetProgress(stream: string): Promise<void> {
    await this.flush()
    await this.database.transaction(write => write.run('delete from progress where stream = $1', [stream]))
  }

  /** Events with their feedback. @param rest of the query, from `where` */
  async eventRows(rest: string, values: readonly (number | string | null)[] = []): Promise<Event[]> {
    await this.flush()
    const rows = await this.database.rows(
      `select * from (select * exclude (event) from events left join feedback on events.id = feedback.event) ${rest}`,
      values,
    )
    return rows.map(eventOfRow)
  }

  /** Makes an event with feedback a pattern, where its verdict calls for one. */
  learn(event: Event): void {
    const { feedback } = event
    if (feedback === null || feedback.verdict === 'confirmed') this.patterns.delete(event.id)
    else
      this.patterns.set(event.id, {
        event: event.id,
        model: modelName(event.model),
        verdict: feedback.verdict,
        radius: feedback.radius,
        shares: sharesOf(event),
      })
  }

  /** Removes samples and events that ended before a time. Feedback, and events that have it, stay. */
  async forget(beforeMs: number): Promise<void> {
    await this.flush()
    await this.database.transaction(async write => {
      await write.run('delete from samples where time_ms < $1', [beforeMs])
      await write.run(
        `delete from events where end_ms < $1 and state = 'closed' and id not in (select event from feedback)`,
        [beforeMs],
      )
    })
  }

  async close(): Promise<void> {
    await this.flush()
    await this.database.close()
  }
}

const PUT_DEVICE = 'insert or replace into devices values ($1, $2, $3, $4, $5, $6, $7, $8, $9)'

function deviceCells(device: DeviceRecord): (number | string | null)[] {
  const { id, stream, name, model, channels, cadenceMs, firstMs, lastMs, samples } = device
  return [id, stream, name, model, JSON.stringify(channels), cadenceMs, firstMs, lastMs, samples]
}

const PUT_EVENT = `insert into events values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, $15, null, $13)
  on conflict (id) do update set state = $4, start_ms = $5, end_ms = $6, onset_ms = $7, peak_ms = $8, score = $9, p_value = $10, severity = $11, channels = $12,
    matches = $13, sentence = coalesce($14, sentence), kind = coalesce($15, kind)`

function eventCells(event: Event): (number | string | null)[] {
  const {
    id,
    device,
    model,
    state,
    startMs,
    endMs,
    onsetMs,
    peakMs,
    score,
    pValue,
    severity,
    channels,
    matches,
    sentence,
    kind,
  } = event
  return [
    id,
    device,
    model,
    state,
    startMs,
    endMs,
    onsetMs,
    peakMs,
    score,
    pValue,
    severity,
    JSON.stringify(channels),
    matches,
    sentence,
    kind,
  ]
}
