// Answers of the API for a simulated plant. Each one is checked with the schema of the contract.
import * as contract from '../../dist/serve/contract/index.js'
import { NOW_MS } from './plant.mjs'

const DAY_MS = 86_400_000
const publicEvent = ({ cause: _, ...event }) => event
const instant = (text, other) =>
  text === null ? other : /^-?[\d.]+$/.test(text) ? Number(text) : Date.parse(text)

export function createAnswers(world) {
  const { plant, channels, deviceOf, eventOf, hasData, sampleAt } = world
  const isQuiet = ({ feedback, matches }) =>
    matches !== null || (feedback && feedback.verdict !== 'confirmed')
  function facts(device) {
    const silent = !hasData(device.d, NOW_MS - 60_000) || device.d % 17 === 5
    const open = device.events.filter(({ state }) => state === 'open')
    const recent = device.events.some(({ endMs }) => endMs > NOW_MS - 3_600_000)
    const status = open.some(event => !isQuiet(event)) ? 'alarm' : silent ? 'silent' : recent ? 'watch' : 'ok'
    return {
      id: device.id,
      name: device.name,
      stream: 'plant',
      model: world.model,
      status,
      score: sampleAt(device, NOW_MS).score,
      lastMs: silent ? NOW_MS - 5 * 3_600_000 : NOW_MS,
      openEvents: open.length,
      unscored: null,
    }
  }
  function overview(query) {
    const toMs = NOW_MS
    const fromMs = instant(query.get('from'), toMs - 7 * DAY_MS)
    const devices = plant
      .map(device => {
        const events = device.events.filter(({ endMs }) => endMs >= fromMs)
        return {
          ...facts(device),
          worst: Math.max(0, ...events.filter(event => !isQuiet(event)).map(({ severity }) => severity)),
          coverage: device.d % 17 === 5 ? 0.82 : 0.96 + (0.04 * ((device.d * 7) % 10)) / 10,
          events: events.map(({ id, startMs, endMs, state, score, severity, feedback, matches }) => ({
            id,
            startMs,
            endMs,
            state,
            score,
            severity,
            matches,
            verdict: feedback?.verdict ?? null,
          })),
          drift: device.d % 9 === 4 ? 'check sensor' : null,
        }
      })
      .sort((a, b) => b.openEvents - a.openEvents || b.worst - a.worst)
    const count = status => devices.filter(one => one.status === status).length
    return contract.overview.parse({
      fromMs,
      toMs,
      more: 0,
      devices,
      totals: {
        devices: devices.length,
        alarm: count('alarm'),
        unscored: 0,
        silent: count('silent'),
        events: devices.reduce((sum, { events }) => sum + events.length, 0),
      },
    })
  }
  function detail(device) {
    return contract.deviceDetail.parse({
      ...facts(device),
      firstMs: world.fromMs,
      samples: 604_800,
      cadenceMs: 1000,
      window: 64,
      watchesDrift: true,
      drifts: [
        {
          signal: channels[4].name,
          method: 'page-hinkley',
          sinceMs: NOW_MS - DAY_MS / 2,
          lastMs: NOW_MS - DAY_MS / 4,
          before: 61.2,
          after: 74.85,
          changes: 2,
          verdict: 'check sensor',
          reason: `${channels[4].name} drifts and no other watched channel does.`,
        },
      ],
      level: 12.4,
      channels: channels.map(({ name, unit }) => ({ name, unit })),
    })
  }
  function series(device, query) {
    const toMs = instant(query.get('to'), NOW_MS)
    const fromMs = instant(query.get('from'), toMs - 2 * 3_600_000)
    const stepMs = Math.max(
      1000,
      Math.ceil((toMs - fromMs) / Number(query.get('points') ?? 800) / 1000) * 1000,
    )
    const times = Array.from(
      { length: Math.floor((toMs - fromMs) / stepMs) },
      (_, i) => fromMs + i * stepMs,
    ).filter(t => hasData(device.d, t))
    const samples = times.map(t => sampleAt(device, Math.round(t / 1000) * 1000))
    const spread = stepMs > 1000 ? 1 : 0
    return contract.series.parse({
      device: device.id,
      fromMs,
      toMs,
      stepMs,
      samples: times.length,
      timeMs: times,
      score: samples.map(({ score }) => score),
      threshold: 1,
      coverage: times.map(() => 1),
      channels: channels.map(({ name, unit, noise }, c) => ({
        name,
        unit,
        min: samples.map(({ cells }) => cells[c].reading - spread * noise),
        max: samples.map(({ cells }) => cells[c].reading + spread * noise),
        expected: samples.map(({ cells }) => cells[c].expected),
        low: samples.map(({ cells }) => cells[c].expected - cells[c].half - spread * noise),
        high: samples.map(({ cells }) => cells[c].expected + cells[c].half + spread * noise),
      })),
      events: device.events
        .filter(({ startMs, endMs }) => endMs >= fromMs && startMs <= toMs)
        .map(publicEvent),
    })
  }
  function events(query) {
    const [verdict, state, device] = ['verdict', 'state', 'device'].map(name => query.get(name))
    const limit = Number(query.get('limit') ?? 100)
    const at = Number(query.get('cursor') ?? 0)
    const all = plant
      .flatMap(one => one.events)
      .filter(event => !verdict || (event.feedback?.verdict ?? 'none') === verdict)
      .filter(event => (!state || event.state === state) && (!device || event.device === device))
      .sort((a, b) => b.startMs - a.startMs)
    return contract.eventPage.parse({
      items: all.slice(at, at + limit).map(publicEvent),
      nextCursor: at + limit < all.length ? String(at + limit) : null,
    })
  }
  function explanation(event) {
    const iso = ms => new Date(ms).toISOString()
    const device = deviceOf(event.device)
    const { cells } = sampleAt(device, event.peakMs)
    const shares = new Map(event.channels.map(({ name, share }) => [name, share]))
    const order = [event.cause.lead, event.cause.follow, ...channels.keys()].filter(
      (c, i, all) => all.indexOf(c) === i,
    )
    return contract.explanation.parse({
      id: event.id,
      onset: iso(event.onsetMs),
      detected: iso(event.startMs),
      peak: iso(event.peakMs),
      last: iso(event.endMs),
      score: event.score,
      kind: event.kind,
      verdict: event.cause.verdict,
      sentence: event.sentence,
      method: 'repair',
      repaired_score: 0.62,
      reason: 'the reading moved away from what the other channels call for and did not return',
      channels: order.map((c, i) => ({
        name: channels[c].name,
        unit: channels[c].unit,
        value: shares.get(channels[c].name) ?? 0.02,
        share: shares.get(channels[c].name) ?? 0.02,
        explains: i < 2,
        reading: cells[c].reading,
        expected: cells[c].expected,
        low: cells[c].expected - cells[c].half,
        high: cells[c].expected + cells[c].half,
        left: i === 0 ? iso(event.onsetMs) : i === 1 ? iso(event.onsetMs + 372_000) : null,
      })),
      repair: { channels: [channels[event.cause.lead].name], before: event.score, after: 0.62, clears: true },
      brokenPairs: [{ first: 'bearing_temp', second: 'motor_current', usual: 0.91, now: 0.12 }],
      nearestNormal: {
        source: 'table',
        from: iso(event.startMs - 86_400_000),
        to: iso(event.startMs - 85_800_000),
        distance: 0.42,
      },
      similarEvent: null,
      steps: [0.8, 1.4, event.score, 1.2],
    })
  }
  function preview(event, query) {
    const [verdict, radius] = [query.get('verdict'), Number(query.get('radius'))]
    const all = plant.flatMap(one => one.events)
    const near = all.filter(({ kind }) => radius > 0.7 || kind === event.kind)
    const removed =
      verdict === 'confirmed' ? [] : near.filter((_, i) => i / near.length < Math.min(1, radius * 3))
    const confirmed = all.filter(({ feedback }) => feedback?.verdict === 'confirmed')
    const hidden = removed.filter(one => confirmed.includes(one) && radius > 0.4)
    return contract.feedbackPreview.parse({
      verdict,
      radius,
      days: 30,
      alarms: all.length,
      removed: removed.map(({ id }) => id),
      confirmed: confirmed.length,
      hidden: hidden.map(({ id }) => id),
      excludedMs: verdict === 'false-alarm' ? 0 : event.endMs - event.startMs,
      sentence: `would have removed ${removed.length} of ${all.length} alarms of the last 30 days and hidden ${hidden.length || 'none'} of ${confirmed.length} confirmed events`,
    })
  }
  function setFeedback(event, body) {
    const given = contract.feedbackBody.parse(body)
    event.feedback = { ...given, by: 'anna', atMs: NOW_MS }
    return contract.feedbackResult.parse({
      event: publicEvent(event),
      proposal:
        given.verdict === 'false-alarm'
          ? null
          : {
              model: 'pump',
              reason: 'The interval of this event would be left out of training and calibration.',
              job: {
                model: 'pump',
                base: world.model,
                device: event.device,
                exclude: [{ fromMs: event.startMs, toMs: event.endMs }],
              },
            },
    })
  }
  const drift = device =>
    contract.drift.parse({
      device: device.id,
      model: world.model,
      fromMs: NOW_MS - DAY_MS,
      toMs: NOW_MS,
      samples: 86_400,
      drifted: true,
      verdict: 'check sensor',
      reason: `${channels[4].name} is 3.1 standard deviations away.`,
      channels: channels.map(({ name }, c) => ({
        channel: name,
        level: ['none', 'none', 'moderate', 'none', 'large', 'none'][c],
        psi: [0.02, 0.04, 0.14, 0.03, 0.41, 0.01][c],
        wasserstein: 0.1 + 0.1 * c,
        meanShift: 0.2 * c,
        pValue: 0.4,
        missingShare: c === 1 ? 0.06 : 0.002,
        referenceMissingShare: 0.001,
        missingLevel: c === 1 ? 'moderate' : 'none',
      })),
    })
  return {
    overview,
    detail,
    facts,
    series,
    events,
    explanation,
    preview,
    setFeedback,
    drift,
    publicEvent: event => contract.event.parse(publicEvent(event)),
    deviceOf,
    eventOf,
  }
}
