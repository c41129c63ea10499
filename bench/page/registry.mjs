// Models, versions, thresholds and trainings of the simulated plant.
import * as contract from '../../dist/serve/contract/index.js'
import { NOW_MS } from './plant.mjs'

const DAY_MS = 86_400_000
const expected = perDay => ({ perDay, low: perDay * 0.6, high: perDay * 1.7 })

/** The model and two baselines: name, values of the metrics in their order. */
const EVALUATED = [
  ['model', [0.81, 0.86, 0.917, 0.88, 0.4, 3, null]],
  ['random', [0.06, 0.05, 0.25, 0.04, 11.2, 41, null]],
  ['pca', [0.62, 0.59, 0.75, 0.61, 1.1, 9, null]],
].map(([name, values]) => ({
  name,
  evaluation: {
    samples: 201_600,
    unscored: 64,
    events: 12,
    labelledShare: 0.031,
    threshold: 1,
    confusion: null,
    metrics: Object.fromEntries(
      [
        'vus-pr',
        'auc-pr',
        'event-recall',
        'event-precision',
        'false-alarms-per-day',
        'delay',
        'ucr-accuracy',
      ].map((metric, i) => [metric, values[i]]),
    ),
    reasons: { 'ucr-accuracy': 'it needs exactly one event' },
  },
  intervals: {
    'vus-pr': { low: values[0] - 0.05, high: values[0] + 0.04, resamples: 100 },
    'event-recall': {
      low: Math.max(0, values[2] - 0.2),
      high: Math.min(1, values[2] + 0.08),
      resamples: 100,
    },
  },
}))

export function createRegistry() {
  const versions = [3, 2, 1].map(version => ({
    name: 'pump',
    version,
    id: String(version).repeat(64),
    at: new Date(NOW_MS - (4 - version) * 9 * DAY_MS).toISOString(),
    by: 'anna',
    why: ['first history of the plant', 'six more weeks of operation', 'maintenance of 11 November left out'][
      version - 1
    ],
    detector: version === 1 ? 'pca' : 'auto',
    channels: 6,
    rows: 200_000 + 190_400 * version,
  }))
  const aliases = { champion: 2, candidate: 3 }
  const jobs = [
    jobOf('j2', {
      state: 'done',
      createdMs: NOW_MS - 9 * DAY_MS,
      startedMs: NOW_MS - 9 * DAY_MS,
      endedMs: NOW_MS - 9 * DAY_MS + 214_000,
      result: 'pump@3',
    }),
    jobOf('e1', {
      kind: 'evaluation',
      model: 'pump@3',
      state: 'done',
      createdMs: NOW_MS - 9 * DAY_MS,
      startedMs: NOW_MS - 9 * DAY_MS,
      endedMs: NOW_MS - 9 * DAY_MS + 31_000,
      result: '/api/v1/evaluations/e1',
    }),
    jobOf('j1', {
      state: 'failed',
      createdMs: NOW_MS - 10 * DAY_MS,
      startedMs: NOW_MS - 10 * DAY_MS,
      endedMs: NOW_MS - 10 * DAY_MS + 2100,
      error: {
        type: '/docs/errors.md#DATA_TOO_SHORT',
        title: 'Too few rows',
        status: 422,
        detail: 'The history has 212 rows; a window of 64 needs at least 640.',
        remedy: 'Give a longer history or choose a shorter window with --window.',
        code: 'DATA_TOO_SHORT',
      },
    }),
  ]
  function jobOf(id, given) {
    return {
      id,
      model: 'pump',
      createdMs: NOW_MS,
      startedMs: null,
      endedMs: null,
      result: null,
      error: null,
      progress: { stage: 'training', share: 1, epoch: null, epochs: null, loss: null, validationLoss: null },
      ...given,
    }
  }
  const full = version => ({
    ...version,
    aliases: Object.keys(aliases).filter(alias => aliases[alias] === version.version),
  })
  const model = () => ({ name: 'pump', versions: versions.length, latest: versions[0].version, aliases })
  const find = version => versions.find(one => one.version === Number(version))
  const level = (perDay, value) => ({
    method: 'peaks over threshold',
    level: value,
    flaggedShare: perDay / 900,
    expectedAlarms: expected(perDay),
  })
  return {
    jobs,
    models: () =>
      contract.modelPage.parse({
        items: [model(), { name: 'fan', versions: 1, latest: 1, aliases: { champion: 1 } }],
        nextCursor: null,
      }),
    detail: () => contract.modelDetail.parse({ ...model(), items: versions.map(full) }),
    version: number =>
      contract.versionDetail.parse({
        ...full(find(number)),
        devices: [],
        window: 64,
        scoredWindow: 64,
        cadenceMs: 1000,
        parameters: 48_211,
        createdAt: find(number).at,
        options: { detector: 'auto' },
        channelNames: ['flow', 'pressure', 'motor_current', 'vibration', 'bearing_temp', 'speed'],
        training: {
          fromMs: NOW_MS - 60 * DAY_MS,
          toMs: NOW_MS - 10 * DAY_MS,
          rows: find(number).rows,
          seconds: 214,
        },
        calibration: {
          causal: {
            samples: 118_000,
            method: 'peaks over threshold',
            level: 12.4,
            expectedAlarms: expected(1 / 7),
          },
          'two-sided': {
            samples: 118_000,
            method: 'peaks over threshold',
            level: 11.8,
            expectedAlarms: expected(1 / 7),
          },
        },
      }),
    /** One group of each kind, an hour apart; the table must have a header and rows. */
    compare(model, query, table) {
      if (String(table).split('\n').length < 3) throw new Error('a table of two rows or more is expected')
      const event = (k, hours, score) => ({
        id: `e${k}`,
        state: 'closed',
        startMs: NOW_MS - DAY_MS + k * 3_600_000,
        endMs: NOW_MS - DAY_MS + (k + hours) * 3_600_000,
        onsetMs: NOW_MS - DAY_MS + k * 3_600_000,
        peakMs: NOW_MS - DAY_MS + k * 3_600_000,
        score,
        pValue: null,
        severity: 70,
        channels: [{ name: 'vibration', share: 1 }],
        sentence: null,
        kind: null,
      })
      return contract.compareResult.parse({
        model,
        other: query.get('other'),
        groups: [
          { difference: 'same', events: [event(1, 0.5, 3.2)], otherEvents: [event(1, 0.5, 2.9)] },
          { difference: 'other-times', events: [event(4, 0.5, 1.4)], otherEvents: [event(4, 1, 1.8)] },
          { difference: 'only-model', events: [event(8, 0.2, 1.1)], otherEvents: [] },
        ],
        notes: ['1 column is left out, which the model does not know: operator'],
      })
    },
    comparison: query =>
      contract.comparison.parse({
        base: full(find(query.get('base').split('@')[1])),
        other: full(find(query.get('other').split('@')[1])),
        differences: [
          { fact: 'detector', base: 'pca', other: 'auto' },
          { fact: 'rows', base: 390_400, other: 771_200 },
          { fact: 'threshold level (causal)', base: 9.71, other: 12.4 },
          { fact: 'expected false alarms a day', base: 0.31, other: 0.14 },
          { fact: 'window', base: 32, other: 64 },
        ],
      }),
    threshold: query =>
      contract.threshold.parse({
        alignment: 'causal',
        samples: 118_000,
        before: level(1 / 7, 12.4),
        after: query.get('falseAlarms') === '1/day' ? level(1, 10.1) : level(1 / 30, 14.9),
      }),
    addThreshold(body) {
      contract.thresholdBody.parse(body)
      versions.unshift({
        ...versions[0],
        version: versions[0].version + 1,
        why: body.why || 'threshold by rate',
      })
      return contract.modelVersion.parse(full(versions[0]))
    },
    setAlias(body) {
      const { alias, version } = contract.aliasBody.parse(body)
      aliases[alias] = version
      return contract.model.parse(model())
    },
    addJob(body) {
      const given = contract.jobBody.parse(body)
      const job = jobOf(`j${jobs.length + 1}`, {
        model: given.model,
        state: 'queued',
        progress: {
          stage: 'reading the history',
          share: 0,
          epoch: null,
          epochs: null,
          loss: null,
          validationLoss: null,
        },
      })
      jobs.unshift(job)
      return contract.job.parse(job)
    },
    evaluation: () => contract.evaluationResult.parse({ model: 'pump@3', rows: EVALUATED, sweep: [] }),
    /** Moves a training by a tenth; it is done after ten. */
    advance(job) {
      const share = Math.min(1, job.progress.share + 0.1)
      const epoch = Math.round(share * 40)
      Object.assign(job, {
        state: 'running',
        startedMs: job.startedMs ?? NOW_MS,
        progress: {
          stage: 'training the network',
          share,
          epoch,
          epochs: 40,
          loss: 0.9 / (1 + epoch),
          validationLoss: 1.1 / (1 + epoch),
        },
      })
      if (share > 0.999) Object.assign(job, { state: 'done', endedMs: NOW_MS + 60_000, result: 'pump@3' })
      return contract.job.parse(job)
    },
  }
}
