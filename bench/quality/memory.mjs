// Peak resident memory of one measurement. Linux keeps a peak that can be set back; elsewhere there is only the peak of the process.
import { readFileSync, writeFileSync } from 'node:fs'

export function startMemoryPeak() {
  globalThis.gc?.()
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Not Linux, or not allowed: the peak is that of the whole process.
  }
}

export function peakMemoryMb() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
