import { ofKind } from './entry.js'

/** A stored model cannot be used. */
export const ARTEFACT_ERRORS = ofKind('artefact', {
  'checkpoint-differs': {
    message: 'the checkpoint {path} belongs to another training: {differs} differ',
    remedy: 'Use the same data and options, or another --checkpoint. Delete the folder to start over.',
  },
  'artefact-missing': {
    message: '{path} is not a model: {reason}',
    remedy: 'Give the folder that `telltale train --out` wrote.',
  },
  'state-unfit': {
    message: 'the saved state does not fit: it is {got}, but {wanted} is needed',
    remedy:
      'Continue with the model and the settings that the state was saved with, or start without a state.',
  },
  'paths-differ': {
    message: '{count} of the paths give other scores or events than the whole table; {path}: {reason}',
    remedy:
      'The same samples must give the same bits on every path. Compare how the path reads the rows with `telltale stream --dry-run`, or report it with the model and the table.',
  },
  'alignment-missing': {
    message: 'the model was calibrated for {known} scores, not for {wanted} ones',
    remedy: 'Train again with this version: every training calibrates both.',
  },
  'artefact-damaged': {
    message: '{path} is damaged: {file}: {reason}',
    remedy: 'Restore the folder from a backup, or train again.',
  },
  'artefact-version': {
    message: '{path} contains {what} version {got}; this telltale reads {wanted}',
    remedy: 'Use the telltale version that wrote it, or train again.',
  },
  'artefact-exists': {
    message: '{path} exists and {reason}',
    remedy: 'Choose another --out, or remove what is there. Only a model is ever replaced.',
  },
  'reference-missing': {
    message: 'the model {model} has no reference to compare data with',
    remedy: 'Train again with this version: every training keeps one.',
  },
  'registry-missing': {
    message: '{path} is not a registry: {reason}',
    remedy:
      'Give the folder with --registry. `telltale train` with --registry and --out NAME makes a new one.',
  },
  'model-unknown': {
    message: 'the registry {registry} has no {name}',
    remedy: 'The nearest is {nearest}. `telltale models list` shows all.',
  },
  'version-needed': {
    message: '{name} is not deleted: {reason}',
    remedy: 'Promote another version first, or remove the alias with `telltale models unalias`.',
  },
  'rollback-impossible': {
    message: '{name} names version {version} and named no other version that still exists',
    remedy: '`telltale models history` shows what it named. `telltale models promote` takes any version.',
  },
})
