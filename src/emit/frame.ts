import { type Frame, sampleCount } from '../core/frame.js'
import { textCell } from './cells.js'
import { writeLines } from './output.js'
import { createTimeText } from './times.js'

/** A frame with its ground truth, if there is one. */
export interface FrameTable {
  readonly frame: Frame
  /** `[N]` written as a last column `label`. */
  readonly labels?: Uint8Array
}

/**
 * Writes `time,<channel>...[,label]` as CSV, in the form that `readTable` reads back to the same values (times to the millisecond). A frame without
 * times gets no time column. NaN is an empty cell. Errors: `file-unwritable`. Cost O(N * C), constant memory.
 */
export async function writeFrame(file: string, table: FrameTable): Promise<void> {
  await writeLines(file, lines(table))
}

function* lines({ frame, labels }: FrameTable): Generator<string> {
  const { timeMs, timeKind, values, channels } = frame
  const hasTime = timeKind === 'utc'
  const timeText = createTimeText(timeKind)
  const c = channels.length
  yield `${[...(hasTime ? ['time'] : []), ...channels.map(textCell), ...(labels ? ['label'] : [])].join()}\n`
  for (let i = 0; i < sampleCount(frame); i++) {
    let line = hasTime ? `${timeText(timeMs[i]!)},` : ''
    for (let j = 0; j < c; j++) {
      const x = values[i * c + j]!
      line += (j > 0 ? ',' : '') + (Number.isNaN(x) ? '' : x)
    }
    yield `${line}${labels ? `,${labels[i]}` : ''}\n`
  }
}
