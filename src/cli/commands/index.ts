import type { Command } from '../command.js'
import { apiCommand } from './api.js'
import { architecturesCommand } from './architectures.js'
import { backtestCommand } from './backtest.js'
import { cacheCommand } from './cache.js'
import { configCommand } from './config.js'
import { demoCommand } from './demo.js'
import { detectCommand } from './detect.js'
import { driftCommand } from './drift.js'
import { evaluateCommand } from './evaluate.js'
import { eventsCommand } from './events.js'
import { explainCommand } from './explain.js'
import { exportCommand } from './export.js'
import { generateCommand } from './generate.js'
import { keysCommand } from './keys.js'
import { modelsCommand } from './models.js'
import { monitorCommand } from './monitor.js'
import { planCommand } from './plan.js'
import { plotCommand } from './plot.js'
import { replayCommand } from './replay.js'
import { reportCommand } from './report.js'
import { retrainCommand } from './retrain.js'
import { serveCommand } from './serve.js'
import { showCommand } from './show.js'
import { statusCommand } from './status.js'
import { streamCommand } from './stream.js'
import { thresholdCommand } from './threshold.js'
import { trainCommand } from './train.js'
import { trendCommand } from './trend.js'
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
  retrainCommand,
  detectCommand,
  driftCommand,
  trendCommand,
  explainCommand,
  reportCommand,
  plotCommand,
  streamCommand,
  statusCommand,
  eventsCommand,
  replayCommand,
  evaluateCommand,
  thresholdCommand,
  backtestCommand,
  showCommand,
  verifyCommand,
  modelsCommand,
  keysCommand,
  monitorCommand,
  cacheCommand,
  exportCommand,
  serveCommand,
  apiCommand,
  demoCommand,
  architecturesCommand,
  configCommand,
]
