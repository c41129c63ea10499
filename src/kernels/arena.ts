import { createKernels, preferredBuild } from './create.js'
import { createHoles } from './holes.js'
import type { KernelBuild, Kernels } from './types.js'

/**
 * Arrays in an arena that the kernels can work on. They are a copy of something that its owner keeps elsewhere, so the arena may take their room for
 * others and lays them out again when they are used next.
 */
export interface Region<T> {
  /**
   * Calls `work` with the arrays, which are valid until it returns: nothing of them may be kept. Other regions may be used inside.
   *
   * @throws LimitError `limit-memory` when there is no room
   */
  use<R>(work: (arrays: T) => R): R
  /** Gives the room back at once. */
  free(): void
}

/** The memory that all models and networks of a thread share, one per build. */
export interface Arena {
  /**
   * Arrays to work on. Nothing is allocated before the first use.
   *
   * @param layOut allocates; called twice, first to count with arrays of length 0
   * @param fill writes what the arrays begin with, after they were laid out again (zeroed)
   */
  region<T>(layOut: (kernels: Kernels) => T, fill?: (arrays: T) => void): Region<T>
  /** Bytes of all memories, and of the regions that lie in them. */
  size(): { readonly memory: number; readonly regions: number }
}

export interface ArenaLimits {
  /** Bytes of regions above which those that were not used for the longest time make room. */
  readonly kept: number
  /** Bytes of the first memory; each further one has twice as many, up to `kept`. */
  readonly first: number
}

const LIMITS: ArenaLimits = { kept: 2 ** 26, first: 2 ** 22 }
/** The regions used last stay, however large they are: what is used in turns is not laid out in turns. */
const LAST_USED = 4

/** One memory: arrays that lie in it are never detached, since it never grows. */
interface Memory {
  readonly kernels: Kernels
  readonly floats: Float32Array
  readonly holes: ReturnType<typeof createHoles>
}

/** A range of a memory, floats. */
interface Room {
  readonly memory: Memory
  readonly start: number
  readonly length: number
}

/** Where a region lies. It does not know its owner, so that it keeps no model alive. */
interface Place<T> extends Room {
  arrays: T | undefined
  /** Calls of `use` that are under way. */
  users: number
}

/** The memories of an arena: more of them, never larger ones. */
function createMemories(build: KernelBuild, { kept, first }: ArenaLimits) {
  const memories: Memory[] = []
  const size = () => 4 * memories.reduce((sum, { floats }) => sum + floats.length, 0)

  function find(length: number): Room | undefined {
    for (const memory of memories) {
      const start = memory.holes.take(length)
      if (start !== undefined) return { memory, start, length }
    }
    return undefined
  }

  function add(length: number): void {
    const usual = Math.min(kept, first * 2 ** memories.length) / 4
    const floats = Math.max(usual, length)
    const kernels = createKernels({ bytes: 4 * floats, build })
    memories.push({ kernels, floats: kernels.alloc(floats), holes: createHoles(floats) })
  }

  return {
    size,
    /** @param evict makes room; false when nothing more can go */
    take(length: number, evict: () => boolean): Room {
      for (;;) {
        const room = find(length)
        if (room !== undefined) return room
        // Room in many small holes is no room: lay out again rather than grow without end.
        if (size() < 2 * kept || !evict()) add(length)
      }
    },
    give({ memory, start, length }: Room): void {
      memory.holes.give(start, length)
      // A memory that was made for something large is given back with it.
      if (memory.holes.isEmpty() && 4 * memory.floats.length > kept)
        memories.splice(memories.indexOf(memory), 1)
    },
  }
}

/** An arena of its own. Models use the one of their thread: `arenaOf`. */
export function createArena(build: KernelBuild, limits: ArenaLimits = LIMITS): Arena {
  const memories = createMemories(build, limits)
  /** Those used last at the end. */
  const places = new Set<Place<unknown>>()
  let newest: Place<unknown> | undefined
  let used = 0

  function touch(place: Place<unknown>): void {
    if (place === newest) return
    places.delete(place)
    places.add(place)
    newest = place
  }

  function remove(place: Place<unknown>): void {
    places.delete(place)
    place.arrays = undefined
    used -= place.length
    memories.give(place)
  }

  /** Removes the region that was not used for the longest time; false when all are in use or were used just now. */
  function evict(): boolean {
    let left = places.size - LAST_USED
    for (const place of places) {
      if (left-- <= 0) return false
      if (place.users > 0) continue
      remove(place)
      return true
    }
    return false
  }

  function put<T>(layOut: (kernels: Kernels) => T, fill?: (arrays: T) => void): Place<T> {
    const length = lengthOf(layOut)
    while (4 * (used + length) > limits.kept && evict());
    const room = memories.take(length, evict)
    used += length
    const place: Place<T> = { ...room, arrays: layOut(kernelsIn(room)), users: 0 }
    fill?.(place.arrays as T)
    return place
  }

  return {
    region<T>(layOut: (kernels: Kernels) => T, fill?: (arrays: T) => void): Region<T> {
      let place: Place<T> | undefined
      return {
        use(work) {
          if (place?.arrays === undefined) place = put(layOut, fill)
          const current = place
          touch(current)
          current.users++
          try {
            return work(current.arrays as T)
          } finally {
            current.users--
          }
        },
        free() {
          if (place?.arrays !== undefined) remove(place)
          place = undefined
        },
      }
    },
    size: () => ({ memory: memories.size(), regions: 4 * used }),
  }
}

/** Kernels whose `alloc` hands out a room from its begin, zeroed. */
function kernelsIn({ memory, start, length }: Room): Kernels {
  memory.floats.fill(0, start, start + length)
  let next = start
  const alloc = (floats: number) => {
    const array = memory.floats.subarray(next, next + floats)
    next += roundedUp(floats)
    return array
  }
  return { ...memory.kernels, alloc }
}

const arenas = new Map<KernelBuild, Arena>()

/** The arena of this thread for a build. */
export function arenaOf(build: KernelBuild = preferredBuild()): Arena {
  let arena = arenas.get(build)
  if (arena === undefined) {
    arena = createArena(build)
    arenas.set(build, arena)
  }
  return arena
}

const NOTHING = new Float32Array(0)

/** Floats that a layout allocates, each array rounded up to 16 bytes. */
export function lengthOf(layOut: (kernels: Kernels) => unknown): number {
  let length = 0
  layOut({
    alloc(floats: number) {
      length += roundedUp(floats)
      return NOTHING
    },
  } as unknown as Kernels)
  return length
}

function roundedUp(floats: number): number {
  return Math.ceil(floats / 4) * 4
}
