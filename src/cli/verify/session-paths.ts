import { forChannels } from '../../core/channels.js'
import { sliceFrame } from '../../core/frame.js'
import { stateFromBytes, stateToBytes } from '../../core/state-bytes.js'
import { anomalyEvent } from '../../emit/index.js'
import { openSession, type Session, type Step } from '../../session/index.js'
import type { VerifyInput, VerifyPath } from './input.js'
import { type Recordings, recordCloudEvent, recordSamples } from './recording.js'

/** Samples of the chunks, again and again. */
const CHUNKS = [1, 64, 7, 500, 3]

/** The table at once: what the others are compared with. */
export const wholeTable: VerifyPath = {
  name: 'whole table',
  run: (input, into) =>
    throughSessions(input, into, (session, frame) => ({ session, steps: [session.push(frame)] })),
}

/** The table in chunks; the state is saved and restored after each. */
export const chunks: VerifyPath = {
  name: 'chunks, state restored',
  run: (input, into) =>
    throughSessions(input, into, (opened, frame, reopen) => {
      const steps: Step[] = []
      let session = opened
      const samples = frame.timeMs.length
      for (let start = 0, k = 0; start < samples; k++) {
        const end = Math.min(samples, start + CHUNKS[k % CHUNKS.length]!)
        steps.push(session.push(sliceFrame(frame, start, end)))
        session = reopen(session)
        start = end
      }
      return { session, steps }
    }),
}

type Score = (
  session: Session,
  frame: VerifyInput['tables'][number]['frame'],
  /** Saves a session as bytes and opens it again. */
  reopen: (session: Session) => Session,
) => { readonly session: Session; readonly steps: readonly Step[] }

async function throughSessions({ fleet, tables, io }: VerifyInput, into: Recordings, score: Score) {
  for (const { device, frame } of tables) {
    const model = (await fleet.modelOf(device))!
    const { channels, id, schema } = model.info
    const reopen = (session: Session) =>
      openSession(model, {}, stateFromBytes(stateToBytes(session.state()), 'the state of a session'))
    const { session, steps } = score(openSession(model, {}), forChannels(frame, channels), reopen)
    const origin = { device, model: id, timeKind: frame.timeKind, stepMs: schema?.cadenceMs ?? 0 }
    for (const step of [...steps, session.finish()]) {
      recordSamples(into, device, step.scored)
      for (const change of step.events) recordCloudEvent(into, anomalyEvent(origin, change))
    }
    if (io.signal.aborted) return 'interrupted'
  }
  return undefined
}
