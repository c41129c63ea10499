import { formatOfFile } from '../core/file-format.js'
import { checkDrift } from '../drift/index.js'
import { channelBands, type Explanation } from '../explain/index.js'
import { writeOutput } from '../files/index.js'
import type { Model } from '../model/index.js'
import type { Detection } from '../pipeline/index.js'
import { runReportHtml, trainingPlots, viewHealth } from '../report/index.js'
import { alignmentOf, calibrationOf, type SessionSettings } from '../session/index.js'
import { validateFrame } from '../validate/index.js'
import type { Io } from './io.js'
import { checkFolder, pathIn } from './paths.js'

/** Expected share of false ones among the changes that a report shows. */
const ALPHA = 0.01

/** Refuses the name of a report that is no `.html`, before anything is scored. */
export async function checkReport(io: Io, file: string): Promise<void> {
  formatOfFile(file, { '.html': true })
  await checkFolder(pathIn(io, file), file)
}

/** A scored table with what is known of it. */
export interface ReportedRun {
  readonly title: string
  readonly model: Model
  readonly detection: Pick<Detection, 'frame' | 'score' | 'flag' | 'residual' | 'events' | 'threshold'>
  readonly explanations: readonly Explanation[]
  readonly settings: SessionSettings
  readonly labels?: Uint8Array
}

/** Writes the report on a scored table: one HTML file. Errors: `file-unwritable`. */
export async function writeReport(io: Io, file: string, run: ReportedRun): Promise<void> {
  await writeOutput(pathIn(io, file), [await reportPage(run)])
}

/** The report on a scored table as a page that needs no other file. */
export async function reportPage(run: ReportedRun): Promise<string> {
  const { title, model, detection, explanations, settings, labels } = run
  const { frame, events, threshold } = detection
  const { info, reference } = model
  const { scores } = calibrationOf(model, alignmentOf(model, settings.alignment, 'two-sided'))
  const { health } = validateFrame(frame, {}, { schema: info.schema, window: info.window })
  return runReportHtml({
    title,
    model,
    detection,
    explanations,
    calibration: scores.map(score => score / threshold.level),
    bands: await channelBands(model, detection, events),
    labels,
    health: viewHealth({ file: title, frame, health }),
    drift: reference && checkDrift(reference, frame, ALPHA),
    training: trainingPlots(model),
    timeZone: settings.timeZone,
  })
}
