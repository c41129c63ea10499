import type { Command } from '../command.js'
import { architecturesCommand } from './architectures.js'
import { backtestCommand } from './backtest.js'
import { configCommand } from './config.js'
import { detectCommand } from './detect.js'
import { driftCommand } from './drift.js'
import { evaluateCommand } from './evaluate.js'
import { explainCommand } from './explain.js'
import { exportCommand } from './export.js'
import { generateCommand } from './generate.js'
import { modelsCommand } from './models.js'
import { planCommand } from './plan.js'
import { reportCommand } from './report.js'
import { showCommand } from './show.js'
import { streamCommand } from './stream.js'
import { thresholdCommand } from './threshold.js'
import { trainCommand } from './train.js'
import { tuneCommand } from './tune.js'
import { validateCommand } from './validate.js'
import { verifyCommand } from './verify.js'

/** Every command, in the order of `telltale help`. */
export const COMMANDS: readonly Command[] = [
  generateCommand,
  validateCommand,
  planCommand,
  trainCommand,
  tuneCommand,
  detectCommand,
  driftCommand,
  explainCommand,
  reportCommand,
  streamCommand,
  evaluateCommand,
  thresholdCommand,
  backtestCommand,
  showCommand,
  verifyCommand,
  modelsCommand,
  exportCommand,
  architecturesCommand,
  configCommand,
]
