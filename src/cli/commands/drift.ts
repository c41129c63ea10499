import { actionArgument, actionOf } from '../action.js'
import { defineCommand } from '../command.js'
import { check } from '../drift/check.js'
import { history } from '../drift/history.js'
import { type DriftAction, type DriftCall, driftOptions } from '../drift/options.js'
import { exportReference, importReference } from '../drift/reference-file.js'
import { watch } from '../drift/watch.js'

const ACTIONS: Readonly<Record<string, DriftAction>> = {
  check,
  watch,
  history,
  export: exportReference,
  import: importReference,
}

export const driftCommand = defineCommand({
  name: 'drift',
  summary:
    'Compares data with the history of a model, once or again and again: have the channels or the scores changed?',
  description:
    'check DATA: one comparison. watch DATA: checks new rows of a file that grows, or of the files of a folder, again and again. history FILE: how channels developed over the ' +
    'checks that --history kept. export: writes the reference of a model to a file. import FILE: makes a model with that reference. ' +
    'A change is reported when it is significant, whatever the autocorrelation and the season of the history, and at least moderate: PSI 0.1 or a distance of 0.2 ' +
    'standard deviations, 0.05 in the missing share. Unknown means too few samples for a test; the report says how many are needed.',
  arguments: [
    actionArgument(ACTIONS),
    {
      name: 'data',
      reads: true,
      description:
        'Table with the channels of the model: a file, a pattern, a folder, or - for standard input. Of history and import: a file.',
      optional: true,
    },
  ],
  schema: driftOptions,
  examples: [
    'telltale drift check today.csv --model model',
    'telltale drift check today.csv --model pump@champion --registry models --fail-on-drift',
    'telltale drift check today.csv --model model --no-scores --format json',
    'telltale drift watch readings --model model --interval 10m --history drift.jsonl --on-drift "./page-someone.sh"',
    'telltale drift history drift.jsonl',
    'telltale drift export --model model --out reference.json',
    'telltale drift import reference.json --model model --out ./model-2',
  ],
  async run(call: DriftCall) {
    const [name, data] = call.args
    return actionOf(ACTIONS, 'drift', name)(call, data)
  },
})
