import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { writeFileAtomic } from '../../files/index.js'
import { type Job, job } from '../contract/index.js'
import { problemOf } from '../http/problem.js'
import type { JobMessage, JobTask } from './process.js'

/** Trainings and evaluations, one at a time, each in a process of its own. Those that ended are remembered; one that was under way when the server ended is `failed`. */
export interface Jobs {
  /** Newest first. */
  list(): readonly Job[]
  /** Errors: `name-unknown`. */
  get(id: string): Job
  /**
   * @param makeTask checks what is asked for; it gets the id of the job
   * @throws `server-busy` when too many wait; what `makeTask` throws
   */
  add(makeTask: (id: string) => Promise<JobTask>): Promise<Job>
  /** Ends a job, whatever it does. Errors: `name-unknown`. */
  cancel(id: string): Promise<Job>
  /** Calls back with the job each time that it changes; the returned function ends that. */
  watch(id: string, take: (job: Job) => void): () => void
  close(): Promise<void>
}

export interface JobsOptions {
  readonly folder: string
  /** Heap of the process, MB. */
  readonly memoryMb: number
  /** A job that takes longer is ended, ms. */
  readonly longestMs: number
  now(): number
  /** Is called with jobs that are not remembered any more. */
  onForget(job: Job): Promise<void>
}

const FILE = 'jobs.json'
const MOST_WAITING = 20
const MOST_KEPT = 200
const ENDED: readonly Job['state'][] = ['done', 'failed', 'cancelled']
const NO_PROGRESS = {
  stage: 'waiting',
  share: 0,
  epoch: null,
  epochs: null,
  loss: null,
  validationLoss: null,
}

export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { now } = options
  const path = join(options.folder, FILE)
  const jobs = new Map<string, Job>()
  const tasks = new Map<string, JobTask>()
  const watchers = new Map<string, Set<(job: Job) => void>>()
  let running: { readonly id: string; readonly child: ChildProcess } | undefined
  let isClosed = false

  const lost = problemOf(createError('server-busy', { reason: 'it ended while this job was under way' }))
  for (const one of await readJobs(path))
    jobs.set(
      one.id,
      ENDED.includes(one.state) ? one : { ...one, state: 'failed', endedMs: now(), error: lost },
    )

  const get = (id: string): Job => {
    const known = jobs.get(id)
    if (known) return known
    throw createError('name-unknown', {
      what: 'job',
      name: id.slice(0, 100),
      nearest: 'an id of /api/v1/jobs',
    })
  }

  let turn = Promise.resolve()
  const save = () => {
    const forgotten = [...jobs.values()].slice(0, -MOST_KEPT).filter(({ endedMs }) => endedMs !== null)
    for (const { id } of forgotten) jobs.delete(id)
    const kept = [...jobs.values()]
    turn = turn
      .then(() => writeFileAtomic(path, [JSON.stringify(kept)]))
      .then(() => Promise.all(forgotten.map(options.onForget)))
      .then(() => {})
      .catch(() => {})
    return turn
  }

  function change(id: string, changes: Partial<Job>): void {
    const next = { ...get(id), ...changes }
    jobs.set(id, next)
    for (const take of watchers.get(id) ?? []) take(next)
    if (changes.state !== undefined) void save()
  }

  function startNext(): void {
    if (running || isClosed) return
    const next = [...jobs.values()].find(({ state }) => state === 'queued')
    if (next === undefined) return
    const { id } = next
    const child = fork(entry(), [], {
      execArgv: [`--max-old-space-size=${options.memoryMb}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
    })
    running = { id, child }
    change(id, { state: 'running', startedMs: now(), progress: { ...NO_PROGRESS, stage: 'reading' } })
    const timer = setTimeout(
      () =>
        end(id, {
          state: 'failed',
          error: problemOf(createError('request-timeout', { wanted: `${options.longestMs} ms` })),
        }),
      options.longestMs,
    )
    child.on('message', (message: JobMessage) => {
      if ('progress' in message) change(id, { progress: message.progress })
      else if ('notes' in message) change(id, { notes: [...get(id).notes, ...message.notes] })
      else if ('result' in message)
        end(id, {
          state: 'done',
          result: message.result,
          progress: { ...get(id).progress, stage: 'done', share: 1 },
        })
      else end(id, { state: 'failed', error: message.error })
    })
    child.once('exit', code => {
      clearTimeout(timer)
      end(id, {
        state: 'failed',
        error: problemOf(
          createError('worker-lost', {
            reason: `the process of the job ended with ${code ?? 'a signal'}`,
          }),
        ),
      })
      running = undefined
      startNext()
    })
    child.send(tasks.get(id) as JobTask)
    tasks.delete(id)
  }

  /** Ends a job once; its process goes with it. */
  function end(id: string, changes: Partial<Job>): void {
    if (ENDED.includes(get(id).state)) return
    change(id, { ...changes, endedMs: now() })
    if (changes.state !== 'done' && running?.id === id) running.child.kill('SIGKILL')
  }

  return {
    list: () => [...jobs.values()].reverse(),
    get,
    async add(makeTask) {
      const waiting = [...jobs.values()].filter(({ state }) => state === 'queued').length
      if (waiting >= MOST_WAITING)
        throw createError('server-busy', { reason: `${counted(waiting, 'job')} wait` })
      const id = randomUUID()
      const task = await makeTask(id)
      const made: Job = {
        id,
        kind: task.kind,
        model: task.model,
        state: 'queued',
        createdMs: now(),
        startedMs: null,
        endedMs: null,
        progress: NO_PROGRESS,
        result: null,
        notes: [],
        error: null,
      }
      jobs.set(id, made)
      tasks.set(id, task)
      await save()
      startNext()
      return get(id)
    },
    async cancel(id) {
      get(id)
      tasks.delete(id)
      end(id, { state: 'cancelled' })
      await turn
      return get(id)
    },
    watch(id, take) {
      const own = watchers.get(id) ?? new Set()
      watchers.set(id, own.add(take))
      return () => {
        own.delete(take)
        if (own.size === 0) watchers.delete(id)
      }
    },
    async close() {
      isClosed = true
      running?.child.kill('SIGKILL')
      await turn
    },
  }
}

async function readJobs(path: string): Promise<readonly Job[]> {
  const text = await readFile(path, 'utf8').catch(() => '[]')
  try {
    return job.array().parse(JSON.parse(text))
  } catch (error) {
    throw createError(
      'artefact-damaged',
      { path, file: FILE, reason: (error as Error).message.slice(0, 200) },
      error,
    )
  }
}

/** The compiled entry of the process; tests run the sources directly. */
function entry(): URL {
  const here = import.meta.url
  return here.endsWith('.ts')
    ? new URL('../../../dist/serve/jobs/process.js', here)
    : new URL('./process.js', here)
}
