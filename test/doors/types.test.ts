// Checked by the compiler (`npm run types`): each `@ts-expect-error` must be an error.
import { describe, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'
import type { FittedDetector, FittedScaler } from '../../src/core/contracts.js'
import type { ScaledFrame } from '../../src/core/frame.js'
import {
  type AnomalyEvent,
  detect,
  type EventChange,
  type Frame,
  frameFromColumns,
  frameFromRows,
  type Model,
  openSession,
  type SessionSettings,
  type Step,
  type TrainSettings,
  trainModel,
} from '../../src/doors/index.js'
import type { trainSettings } from '../../src/pipeline/settings/train-options.js'
import type { sessionSettings } from '../../src/session/options.js'

/** Never called: its body is only compiled. */
function compiled(
  frame: Frame,
  model: Model,
  step: Step,
  scaler: FittedScaler,
  detector: FittedDetector,
): readonly unknown[] {
  const scaled = scaler.transform(frame)
  return [
    () => trainModel(frame),
    () => trainModel(frame, { window: 60, falseAlarms: '1/week', directionByChannel: ['a=above'] as const }),
    // @ts-expect-error no setting has this name
    () => trainModel(frame, { windw: 60 }),
    // @ts-expect-error an option of the command, not of a training
    () => trainModel(frame, { out: 'model' }),
    // @ts-expect-error not one of the detectors
    () => trainModel(frame, { detector: 'best' }),
    () => detect(model, frame, { alignment: 'causal', mergeGap: 3, timeZone: 'Europe/Berlin' }),
    // @ts-expect-error no setting has this name
    () => detect(model, frame, { scores: 'file.csv' }),
    () => openSession(model, { expected: true }).push(frame),
    () => openSession(model).push(scaled),
    () => detector.online().push(scaled),
    // @ts-expect-error readings that no scaler has seen
    () => detector.online().push(frame),
    // @ts-expect-error readings that no scaler has seen
    () => detector.fit(frame, { validation: scaled, seed: 1 }),
    // @ts-expect-error readings have no scale to be taken back
    () => scaler.inverse(frame),
    () => frameFromColumns({ time: [new Date()], channels: { a: [1, null], b: Float32Array.of(1) } }),
    // @ts-expect-error readings are numbers
    () => frameFromColumns({ channels: { a: ['1'] } }),
    () => frameFromRows([{ time: '2024-01-01T00:00:00Z', flow: 1, level: null }]),
    // @ts-expect-error scores are only read
    () => (step.waiting = 0),
  ]
}

describe('the types of the package', () => {
  it('make settings from the schemas, both ways', () => {
    expectTypeOf<TrainSettings>().toExtend<z.input<typeof trainSettings>>()
    expectTypeOf<z.input<typeof trainSettings>>().toExtend<TrainSettings>()
    expectTypeOf<keyof TrainSettings>().toEqualTypeOf<keyof z.input<typeof trainSettings>>()
    expectTypeOf<SessionSettings>().toExtend<z.input<typeof sessionSettings>>()
    expectTypeOf<z.input<typeof sessionSettings>>().toExtend<SessionSettings>()
    expectTypeOf<keyof SessionSettings>().toEqualTypeOf<keyof z.input<typeof sessionSettings>>()
  })

  it('keep readings and scaled values apart', () => {
    expectTypeOf<ScaledFrame>().toExtend<Frame>()
    expectTypeOf<Frame>().not.toExtend<ScaledFrame>()
    expectTypeOf(compiled).returns.toExtend<readonly unknown[]>()
  })

  it('say what happened to an event', () => {
    expectTypeOf<EventChange['type']>().toEqualTypeOf<'opened' | 'updated' | 'closed'>()
    expectTypeOf<EventChange['event']>().toEqualTypeOf<AnomalyEvent>()
    expectTypeOf<Step['events']>().toEqualTypeOf<readonly EventChange[]>()
  })
})
