import type { Issue } from '../validate/index.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'

/** Notes about the devices of a fleet: each kind is printed once, with its first device and how many others have it. */
export interface DeviceNotes {
  /** @param kind what makes two notes the same, for example the code of an error */
  add(device: string, kind: string, text: string): void
  /** Warnings and errors of validation. */
  issues(device: string, issues: readonly Issue[]): void
  /** @param more notes that are of no single device */
  print(more?: readonly string[]): void
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
    print(more = []) {
      printNotes(io, [
        ...[...kinds.values()].map(({ text, devices }) => {
          const [first] = devices
          const others = devices.size - 1
          return `${first}${others > 0 ? ` and ${others} more ${others === 1 ? 'device' : 'devices'}` : ''}: ${text}`
        }),
        ...more,
      ])
      kinds.clear()
    },
  }
}
