import type { Logger } from '../observe/index.js'
import type { Registry } from '../store/index.js'
import type { KeyStore } from './access/keys.js'
import type { User } from './access/roles.js'
import type { Connections } from './http/connections.js'
import type { Idempotency } from './http/idempotency.js'
import type { Limits } from './http/limits.js'
import type { Datasets } from './jobs/datasets.js'
import type { Evaluations } from './jobs/evaluations.js'
import type { Jobs } from './jobs/jobs.js'
import type { Audit } from './keep/audit.js'
import type { Keep } from './keep/keep.js'
import type { Measures } from './measures.js'
import type { Scorer } from './scoring/scorer.js'
import type { ServedModels } from './scoring/served-models.js'
import type { LiveBus } from './streams/live-bus.js'
import type { Streams } from './streams/streams.js'

/** What routes work with: made once when the server starts. */
export interface Services {
  /** The registry of models; changes are made in the name of the user. */
  registryFor(user: User): Registry
  readonly models: ServedModels
  readonly scorer: Scorer
  readonly keys: KeyStore
  /** Events, samples and feedback on the disk. */
  readonly keep: Keep
  readonly streams: Streams
  readonly live: LiveBus
  /** Those that stay open. */
  readonly connections: Connections
  readonly jobs: Jobs
  readonly datasets: Datasets
  readonly evaluations: Evaluations
  readonly audit: Audit
  readonly measures: Measures
  readonly idempotency: Idempotency
  readonly log: Logger
  /** Ms since the epoch. */
  now(): number
  readonly startedMs: number
  readonly limits: Limits
  /** Writes a copy of the store; gives its name in the data folder. */
  backup(): Promise<string>
  /** Requests so far. */
  readonly counts: { requests: number }
  /** Whether it takes requests: false from the moment that it stops. */
  isOpen(): boolean
}
