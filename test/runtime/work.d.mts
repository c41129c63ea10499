import type { Work } from '../../src/runtime/jobs.js'

interface Description {
  readonly out: Int32Array
  readonly done: Int32Array
  readonly gate: Int32Array
}
export const WORK: Readonly<Record<'count' | 'throw' | 'leave' | 'sleep', (description: Description) => Work>>
