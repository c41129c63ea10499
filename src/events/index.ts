export { type EventOptions, findEvents, flaggedIntervals, severity } from './events.js'
