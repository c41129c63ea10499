export { type EventAxis, type EventTable, type EventWriter, openEvents, writeEvents } from './events.js'
export { type FrameTable, writeFrame } from './frame.js'
export { checkOutputFormat, type OutputFormat, type OutputOptions } from './output.js'
export { openScores, type ScoreAxis, type ScoreTable, type ScoreWriter, writeScores } from './scores.js'
