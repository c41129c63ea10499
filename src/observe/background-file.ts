import type { RotatingFile } from './rotating-file.js'

/** Lines that wait at most, bytes; more are lost and counted. */
const MOST_WAITING = 16 * 1024 * 1024

/** A file that is written in the background, in the order of the lines. */
export interface BackgroundFile {
  write(line: string): void
  /** Waits until everything is on the disk, then closes the file. */
  close(): Promise<void>
}

/**
 * Writes to `file` in later turns of the event loop, many lines at once: who logs never waits for the disk. When more than 16 MB wait, lines are lost, and a
 * line says how many. Lines that wait are lost when the process is killed.
 *
 * @param onError called once with the first error; nothing is written after it
 * @param lostLine makes the line that says how many lines were lost
 */
export function createBackgroundFile(
  file: Pick<RotatingFile, 'append' | 'close'>,
  onError: (error: Error) => void,
  lostLine: (lines: number) => string,
): BackgroundFile {
  let waiting: string[] = []
  let [waitingBytes, lost, hasFailed] = [0, 0, false]
  let working: Promise<void> | undefined
  const work = async () => {
    // Lines of the same turn are written together.
    await Promise.resolve()
    while (waiting.length > 0 && !hasFailed) {
      const lines = lost > 0 ? [...waiting, lostLine(lost)] : waiting
      waiting = []
      waitingBytes = 0
      lost = 0
      try {
        await file.append(lines)
      } catch (error) {
        hasFailed = true
        onError(error as Error)
      }
    }
    working = undefined
  }
  return {
    write(line) {
      if (hasFailed) return
      if (waitingBytes > MOST_WAITING) {
        lost++
        return
      }
      waiting.push(line)
      waitingBytes += line.length
      working ??= work()
    },
    async close() {
      while (working !== undefined) await working
      file.close()
    },
  }
}
