export { eventCounting } from './counting.js'
export { type EventColumns, eventChanges, findEvents } from './events.js'
export { type SampleFate, sampleFate } from './fate.js'
export type { GateState } from './gate.js'
export {
  changesOf,
  checkEventOptions,
  createEventMachine,
  type EventMachine,
  type EventStep,
  type Suppressed,
} from './machine.js'
export { type MaintenanceInterval, parseMaintenance, type WeeklyMaintenance } from './maintenance.js'
export { type EventOptions, type EventRules, eventCountOptions, eventOptions, eventRules } from './options.js'
export { MOST_RAMP } from './ramp.js'
export type { EventSample } from './sample.js'
export { channelRuleOptions, EVENT_SETTING_KEYS, type EventSettings, resolveEventRules } from './settings.js'
export { severity } from './severity.js'
