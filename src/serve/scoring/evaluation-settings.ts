import { z } from 'zod'
import { evaluateOptions } from '../../evaluate/index.js'
import { detectOptions, type EvaluateModelSettings, type ModelEvaluation } from '../../pipeline/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import type { EvaluationResult } from '../contract/index.js'
import { parsedOptions } from '../http/parsed-options.js'

const { threshold, quantile, thresholdFactor, falseAlarms, sensitivity, thresholdRule } = detectOptions.shape
const { buffer, inflated } = evaluateOptions.shape

/** Options of `telltale evaluate` that a request may give. */
const requestOptions = z.strictObject({
  threshold,
  quantile,
  thresholdFactor,
  falseAlarms,
  sensitivity,
  thresholdRule,
  buffer: buffer.unwrap().optional(),
  inflated,
  sweep: z.boolean().default(false),
  resamples: z.number().int().min(0).max(10_000).default(100),
  seed: z.number().int().min(0).max(0xffffffff).default(1),
})

/** @throws RequestError `request-invalid` with the place; OptionError for thresholds that are mutually exclusive */
export function evaluationSettings(options: Readonly<Record<string, unknown>>): EvaluateModelSettings {
  const { buffer, inflated, ...settings } = parsedOptions(requestOptions, options)
  checkThresholdOptions(settings)
  return { ...settings, metrics: { inflated, ...(buffer !== undefined && { buffer }) } }
}

/** What an evaluation found, as an answer. */
export function resultOf(model: string, { rows, sweep }: ModelEvaluation): EvaluationResult {
  return {
    model,
    rows: rows as unknown as EvaluationResult['rows'],
    sweep: sweep as unknown as EvaluationResult['sweep'],
  }
}
