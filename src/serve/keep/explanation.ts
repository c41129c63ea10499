import { createError } from '../../core/errors.js'
import { explanationJson } from '../../report/index.js'
import type { EventExplanation } from '../contract/index.js'
import type { Services } from '../services.js'
import { deviceNamed } from './device-named.js'
import { eventNamed } from './feedback.js'
import { readingsOf } from './views.js'

/** Samples before an event in which normal operation is looked for, at least; a model with long windows has more. */
const LEAST_BEFORE = 2000
const WINDOWS_BEFORE = 20
/** Windows after it. */
const WINDOWS_AFTER = 2
const MOST_SAMPLES = 20_000

/**
 * Why an event is one. The readings around it are scored again on a worker. What was found of an event that is closed is kept.
 *
 * @throws `name-unknown`; `state-conflict` when the readings are no longer kept
 */
export async function explainEvent(
  services: Services,
  id: string,
  signal: AbortSignal,
): Promise<EventExplanation> {
  const { keep, models, scorer, live } = services
  const event = await eventNamed(keep, id)
  const [known] = await keep.database.rows('select explanation from events where id = $1', [id])
  if (known?.explanation) return JSON.parse(known.explanation as string)
  const device = deviceNamed(keep, event.device)
  const { path, model } = await models.get(event.model, device.name)
  const cadenceMs = device.cadenceMs ?? 1000
  const before = Math.max(LEAST_BEFORE, WINDOWS_BEFORE * model.info.window) * cadenceMs
  const range = {
    fromMs: Math.min(event.onsetMs, event.startMs) - before,
    toMs: event.endMs + WINDOWS_AFTER * model.info.window * cadenceMs,
  }
  const frame = await readingsOf(keep, device, range, MOST_SAMPLES)
  const eventId = id.slice(device.id.length + 1)
  const { explanations } = await scorer.series(
    { path, frame, settings: { alignment: 'causal' }, explain: [eventId] },
    signal,
  )
  const found = explanations.find(one => one.event.id === eventId) ?? explanations[0]
  if (found === undefined)
    throw createError('state-conflict', {
      what: `the event ${id}`,
      got: 'no longer in the readings that are kept',
      wanted: 'them',
    })
  const [json] = explanationJson([found], frame.timeKind) as [EventExplanation]
  await keep.database.transaction(write =>
    write.run('update events set sentence = $2, kind = $3, explanation = $4 where id = $1', [
      id,
      json.sentence,
      json.kind,
      event.state === 'closed' ? JSON.stringify(json) : null,
    ]),
  )
  live.event({ change: 'explained', event: { ...event, sentence: json.sentence, kind: json.kind } })
  return json
}
