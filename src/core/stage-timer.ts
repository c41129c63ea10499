/** The parts of the work that are timed: of a run (`load` to `write`), and within `score` those of a session (`validate` to `events`). */
export const STAGES = [
  'load',
  'read',
  'fit',
  'calibrate',
  'score',
  'write',
  'save',
  'validate',
  'prepare',
  'detect',
  'threshold',
  'events',
] as const
export type Stage = (typeof STAGES)[number]

/**
 * Runs `work`, gives back what it gives, and times it as a part of `stage`: until it returns, or until its promise settles. What it throws is passed on.
 * Passed in as randomness and the clock are, so that the stages that are timed stay pure.
 */
export type StageTimer = <T>(stage: Stage, work: () => T) => T

/** Runs the work and measures nothing. */
export const untimed: StageTimer = (_stage, work) => work()
