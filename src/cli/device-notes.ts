import type { Issue } from '../validate/index.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'

/** Notes about the devices of a fleet: each kind is printed once, with its first device and how many others have it. */
export interface DeviceNotes {
  /** @param kind what makes two notes the same, for example the code of an error */
  add(device: string, kind: string, text: string): void
  /** Warnings and errors of validation. */
  issues(device: string, issues: readonly Issue[]): void
  print(): void
}

export function createDeviceNotes(io: Io): DeviceNotes {
  const kinds = new Map<string, { readonly text: string; readonly devices: Set<string> }>()
  const add = (device: string, kind: string, text: string) => {
    const known = kinds.get(kind) ?? { text, devices: new Set<string>() }
    known.devices.add(device)
    kinds.set(kind, known)
  }
  return {
    add,
    issues(device, issues) {
      for (const { code, severity, channel, message } of issues)
        if (severity !== 'info') add(device, code, channel === undefined ? message : `${channel}: ${message}`)
    },
    print() {
      printNotes(
        io,
        [...kinds.values()].map(({ text, devices }) => {
          const [first] = devices
          const more = devices.size - 1
          return `${first}${more > 0 ? ` and ${more} more ${more === 1 ? 'device' : 'devices'}` : ''}: ${text}`
        }),
      )
      kinds.clear()
    },
  }
}
