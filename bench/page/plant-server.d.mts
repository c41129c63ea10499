import type { Event } from '../../src/serve/contract/index.js'

export const HEADERS: Readonly<Record<string, string>>

/** A simulated plant that is served like the real one: the built page at `/app/`, the API below `/api/v1`. */
export interface PlantServer {
  readonly address: string
  readonly port: number
  readonly world: {
    readonly plant: readonly { readonly id: string; readonly name: string; readonly events: Event[] }[]
  }
  /** Requests so far. */
  readonly requests: readonly { readonly method: string; readonly path: string; readonly search: string }[]
  /** Sends an event to every open stream. */
  emit(event: string, data: unknown): void
  close(): Promise<void>
}

export function startPlant(options?: {
  readonly devices?: number
  readonly days?: number
  readonly seed?: number
  readonly rate?: number
  readonly key?: string
  readonly port?: number
}): Promise<PlantServer>
