import { z } from 'zod'
import { deviceEvaluationBody, evaluationResult, id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { evaluateDevice } from '../keep/device-evaluation.js'
import { deviceNamed } from '../keep/device-named.js'
import { evaluationSettings } from '../scoring/evaluation-settings.js'

/** What a device raised, against what was anomalous. */
export const evaluateDeviceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/devices/{device}/evaluate',
  summary:
    'What a device raised, against the intervals that were anomalous; by default the events that feedback confirmed',
  access: 'viewer',
  params: z.object({ device: id }),
  body: deviceEvaluationBody,
  response: evaluationResult,
  async run({ params, body, services: { keep } }) {
    const device = deviceNamed(keep, params.device)
    const { fromMs = -8.64e15, toMs = 8.64e15 } = body
    return evaluateDevice(
      keep,
      device,
      { fromMs, toMs },
      body.intervals,
      evaluationSettings(body.options ?? {}),
    )
  },
})
