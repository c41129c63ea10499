import { z } from 'zod'

/** Far above what any machine does: keeps a damaged number from passing for a rate or a time. */
const MOST = 1e12
const amount = () => z.number().min(0).max(MOST)

/** `ExpectedAlarms` as JSON: it comes from a stored model, so it is checked. */
export const expectedAlarmsSchema = z
  .strictObject({
    /** Expected false alarms a day. */
    expectedPerDay: amount(),
    /** The realised rate over `horizonDays` lies between these with probability `confidence`, ends included. */
    low: amount(),
    high: amount(),
    horizonDays: amount(),
    confidence: z.number().gt(0).lt(1),
    /** What it rests on: scored time, its independent clusters of high scores, and independent decisions a day. */
    spanDays: amount(),
    clusters: z.number().int().min(0).max(MOST),
    decisionsPerDay: amount(),
    /** The rarest alarms that the calibration data support, a day. */
    supportedPerDay: amount(),
    /** Share of the scored normal time above the level: time in alarm. Models of telltale 0.1 do not know it. */
    aboveShare: z.number().min(0).max(1).optional(),
    /** Why the estimate should not be relied on; null when it can. */
    warning: z.string().min(1).max(10_000).nullable(),
  })
  .readonly()

/**
 * False alarms per day to expect at a level, of one device whose data stay as they were in the calibration, with a prediction interval that allows for changes
 * of its operation.
 */
export type ExpectedAlarms = z.output<typeof expectedAlarmsSchema>
