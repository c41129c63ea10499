export { type Expectation, findEvents } from './events.js'
export { flaggedIntervals } from './intervals.js'
export {
  checkEventOptions,
  createEventMachine,
  type EventChange,
  type EventMachine,
  type EventMachineState,
  type EventSample,
} from './machine.js'
export { type EventOptions, type EventRules, eventOptions } from './options.js'
export { severity } from './severity.js'
