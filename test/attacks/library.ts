import { join } from 'node:path'
import * as evaluateDoor from '../../src/doors/evaluate.js'
import type { Frame, Model } from '../../src/doors/index.js'
import * as mainDoor from '../../src/doors/index.js'
import * as ioDoor from '../../src/doors/io.js'
import * as statsDoor from '../../src/doors/stats.js'
import * as pipeline from '../../src/pipeline/index.js'
import * as store from '../../src/store/index.js'
import { type Attack, expectThat, pick, REFUSED, wellBehaved } from './runner.js'

const telltale = { ...store, ...statsDoor, ...pipeline, ...evaluateDoor, ...ioDoor, ...mainDoor }

const thrower = () =>
  Object.defineProperty({}, 'window', {
    enumerable: true,
    get() {
      throw new Error('a getter that throws')
    },
  })

const JUNK: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => 7,
  () => Number.NaN,
  () => 'text',
  () => '',
  () => [],
  () => [null],
  () => ({}),
  () => ({ length: -1 }),
  () => 10n,
  () => Symbol('x'),
  () => () => 1,
  () => new Date(Number.NaN),
  () => new Float64Array(3),
  thrower,
]

const frames: readonly (() => unknown)[] = [
  ...JUNK,
  () => ({ timeMs: [0, 1], timeKind: 'index', values: new Float64Array(2), channels: ['a'] }),
  () => ({ timeMs: new Float64Array(2), timeKind: 'index', values: new Float64Array(3), channels: ['a'] }),
  () => ({ timeMs: new Float64Array(2), timeKind: 'x', values: new Float64Array(2), channels: ['a'] }),
  () => ({
    timeMs: new Float64Array(2),
    timeKind: 'index',
    values: new Float64Array(4),
    channels: ['a', 'a'],
  }),
  () => ({ timeMs: new Float64Array(1), timeKind: 'index', values: new Float64Array(1), channels: [7] }),
  () => ({ timeMs: Float64Array.of(1e300), timeKind: 'utc', values: new Float64Array(1), channels: ['a'] }),
]

type Call = (given: unknown, context: Context) => unknown
interface Context {
  readonly model: Model
  readonly frame: Frame
  readonly folder: string
}

/** Calls of public functions with one argument that is not what it must be; `any` is what a caller without types has. */
const CALLS: Readonly<Record<string, { readonly junk: readonly (() => unknown)[]; readonly call: Call }>> = {
  'trainModel frame': { junk: frames, call: x => telltale.trainModel(x as never, { detector: 'z-score' }) },
  'trainModel options': {
    junk: JUNK,
    call: (x, { frame }) => telltale.trainModel(frame, { detector: 'z-score', window: x as never }),
  },
  'trainModel settings': { junk: JUNK, call: (x, { frame }) => telltale.trainModel(frame, x as never) },
  'detect model': { junk: JUNK, call: (x, { frame }) => telltale.detect(x as never, frame) },
  'detect frame': { junk: frames, call: (x, { model }) => telltale.detect(model, x as never) },
  'detect settings': { junk: JUNK, call: (x, { model, frame }) => telltale.detect(model, frame, x as never) },
  'detect threshold': {
    junk: JUNK,
    call: (x, { model, frame }) => telltale.detect(model, frame, { threshold: x as never }),
  },
  'detect stride': {
    junk: JUNK,
    call: (x, { model, frame }) => telltale.detect(model, frame, { stride: x as never }),
  },
  'detect maintenance': {
    junk: JUNK,
    call: (x, { model, frame }) => telltale.detect(model, frame, { maintenance: x as never }),
  },
  'openSession model': { junk: JUNK, call: x => telltale.openSession(x as never) },
  'openSession settings': { junk: JUNK, call: (x, { model }) => telltale.openSession(model, x as never) },
  'openSession push': { junk: frames, call: (x, { model }) => telltale.openSession(model).push(x as never) },
  'openSession state': { junk: JUNK, call: (x, { model }) => telltale.openSession(model, {}, x as never) },
  'evaluateModel labels': {
    junk: JUNK,
    call: (x, { model, frame }) =>
      telltale.evaluateModel(model, frame, x as never, { resamples: 0, sweep: false, seed: 1 }),
  },
  'evaluateModel settings': {
    junk: JUNK,
    call: (x, { model, frame }) =>
      telltale.evaluateModel(model, frame, new Uint8Array(frame.timeMs.length), x as never),
  },
  'evaluate input': { junk: JUNK, call: x => telltale.evaluate(x as never) },
  'evaluate options': {
    junk: JUNK,
    call: x => telltale.evaluate({ scores: [1, 2], labels: [0, 1], options: x as never }),
  },
  'backtest frame': {
    junk: frames,
    call: x => telltale.backtest(x as never, undefined, {}, { retrainEvery: '50', firstRows: 100 }),
  },
  'backtest settings': {
    junk: JUNK,
    call: (x, { frame }) => telltale.backtest(frame, undefined, { detector: 'z-score' }, x as never),
  },
  'tune frame': {
    junk: frames,
    call: (x, { folder }) => telltale.tune(x as never, {} as never, [], join(folder, 'j'), { now: () => 0 }),
  },
  'tune options': {
    junk: JUNK,
    call: (x, { frame, folder }) => telltale.tune(frame, x as never, [], join(folder, 'j'), { now: () => 0 }),
  },
  'validateFrame frame': { junk: frames, call: x => telltale.validateFrame(x as never) },
  'validateFrame options': { junk: JUNK, call: (x, { frame }) => telltale.validateFrame(frame, x as never) },
  'repairFrame frame': {
    junk: frames,
    call: x => telltale.repairFrame(x as never, { missing: 'hold', maxGap: 3 } as never),
  },
  'repairFrame options': { junk: JUNK, call: (x, { frame }) => telltale.repairFrame(frame, x as never) },
  'generatePlant options': { junk: JUNK, call: x => telltale.generatePlant(x as never) },
  'generatePlant rows': { junk: JUNK, call: x => telltale.generatePlant({ rows: x as never, faults: 0 }) },
  'readTable source': { junk: JUNK, call: x => telltale.readTable(x as never) },
  'readTable options': {
    junk: JUNK,
    call: (x, { folder }) => telltale.readTable(join(folder, 'none.csv'), x as never),
  },
  'readChunks source': { junk: JUNK, call: x => telltale.readChunks(x as never) },
  'writeScores file': {
    junk: JUNK,
    call: (x, { frame }) => telltale.writeScores(x as never, { frame } as never),
  },
  'writeScores table': {
    junk: JUNK,
    call: (x, { folder }) => telltale.writeScores(join(folder, 's.csv'), x as never),
  },
  'writeFrame table': {
    junk: JUNK,
    call: (x, { folder }) => telltale.writeFrame(join(folder, 'f.csv'), x as never),
  },
  'writeEvents table': {
    junk: JUNK,
    call: (x, { folder }) => telltale.writeEvents(join(folder, 'e.csv'), x as never),
  },
  'saveModel path': {
    junk: JUNK.filter(make => typeof make() !== 'string'),
    call: (x, { model }) => telltale.saveModel(model, x as never),
  },
  'saveModel model': {
    junk: JUNK,
    call: (x, { folder }) => telltale.saveModel(x as never, join(folder, 'm')),
  },
  'loadModel path': { junk: JUNK, call: x => telltale.loadModel(x as never) },
  'modelFromState state': { junk: JUNK, call: x => telltale.modelFromState(x as never) },
  'modelFromBytes bytes': { junk: JUNK, call: x => telltale.modelFromBytes(x as never) },
  'modelToState model': { junk: JUNK, call: x => telltale.modelToState(x as never) },
  'readLabels values': { junk: JUNK, call: x => telltale.readLabels(x as never, 3) },
  'labelsOf intervals': { junk: JUNK, call: x => telltale.labelsOf(x as never, 3) },
  'resampleFrame frame': { junk: frames, call: x => telltale.resampleFrame(x as never, { cadenceMs: 1000 }) },
  'resampleFrame options': { junk: JUNK, call: (x, { frame }) => telltale.resampleFrame(frame, x as never) },
  'exportOnnx model': { junk: JUNK, call: x => telltale.exportOnnx(x as never) },
}

const LIST = Object.entries(CALLS).flatMap(([name, { junk, call }]) =>
  junk.map((make, k) => ({ name, k, make, call })),
)

/** Every call with every argument: none may end in an error that is not of the catalogue. */
export function misuse(context: Context): Attack {
  return {
    name: 'library misuse',
    short: LIST.length,
    long: LIST.length,
    make(_, i) {
      const { name, k, make, call } = LIST[i % LIST.length]!
      return {
        what: `${name}, ${k}`,
        run: () => wellBehaved(() => call(make(), context)),
      }
    },
  }
}

/** Names of files that lead out of the folder of an artefact. */
export function escapes(folder: string): Attack {
  const names = ['../evil', '/evil', 'a/../../evil', '..', '', '.hidden', 'a\0b', 'x'.repeat(300), 'CON/../x']
  return {
    name: 'artefacts that write outside of their folder',
    short: names.length,
    long: names.length,
    make(random, k) {
      const name = names[k] ?? pick(random, names)
      return {
        what: JSON.stringify(name),
        async run() {
          const tensors = { [name]: { a: { shape: [1], data: Float32Array.of(1) } } }
          const result = await wellBehaved(() =>
            telltale.saveArtefact(join(folder, `art${k}`), { manifest: {}, tensors }),
          )
          expectThat(result === REFUSED, 'it was written')
          return result
        },
      }
    },
  }
}
