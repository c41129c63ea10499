export {
  type Difficulty,
  FAULT_CATALOGUE,
  FAULT_KINDS,
  type FaultKind,
  type FaultName,
} from './faults/catalogue.js'
export { channelRange, type InjectedFault, injectFaults } from './faults/inject.js'
export { FAULT_LADDERS, type FaultLadder, faultAtStep } from './faults/ladder.js'
export { planFaults } from './faults/plan.js'
export { type GenerateOptions, generateOptions, type SimulateOptions } from './options.js'
export { generatePlant, type Plant } from './plant.js'
export { SENSORS, type Sensor } from './sensors.js'
export { generateSine } from './sine.js'
