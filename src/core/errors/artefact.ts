import { ofKind } from './entry.js'

/** A stored model cannot be used. */
export const ARTEFACT_ERRORS = ofKind('artefact', {
  'checkpoint-differs': {
    message: 'the checkpoint {path} belongs to another training: {differs} differ',
    remedy: 'Use the same data and options, or another --checkpoint. Delete the folder to start over.',
  },
  'model-unsigned': {
    message: '{path} has no signature, and --require-signed asks for one',
    remedy: 'Sign it with `telltale models sign`, or use a model that is signed.',
  },
  'signature-untrusted': {
    message: '{path} is signed with the key {got}, which is not one of {known}',
    remedy:
      'Use a model of a signer that you trust, or add the public key to the folder of --require-signed.',
  },
  'signature-invalid': {
    message: 'the signature {file} is not valid for {path}: {reason}',
    remedy:
      'The model or its signature was changed since: restore both, or check the model and sign it again.',
  },
  'key-invalid': {
    message: '{file} is not usable as {what}: {reason}',
    remedy: 'Make a pair of keys with `telltale keys create NAME`: NAME.key signs, NAME.pub checks.',
  },
  'artefact-missing': {
    message: '{path} is not a model: {reason}',
    remedy: 'Give the folder that `telltale train --out` wrote, or NAME@VERSION with a registry.',
  },
  'device-unknown': {
    message: '{path} has no model of the device {device}, but of {got}',
    remedy: 'Give one of these with --device, or train again with the samples of {device}.',
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
  'paths-failed': {
    message: '{count} of the paths could not be compared with the whole table; {path}: {reason}',
    remedy:
      'Correct what the path names, or leave out its option: paths without one are skipped where they cannot be taken.',
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
  'reference-unknown': {
    message: '{file} is no reference that `telltale drift export` wrote: {reason}',
    remedy: 'Write one with `telltale drift export --model MODEL --out FILE`, and give that file.',
  },
  'reference-differs': {
    message: 'the reference {file} is of the channels {got}, the model has {wanted}',
    remedy:
      'Use a reference that `telltale drift export` wrote for a model of the same channels, in the same order.',
  },
  'registry-missing': {
    message: '{path} is not a registry: {reason}',
    remedy: '{help}.',
  },
  'model-unknown': {
    message: 'the registry {registry} has no {name}',
    remedy: '{help}. `telltale models list --registry {registry}` shows all.',
    answer: '{help}. `telltale models list` shows all.',
  },
  'version-needed': {
    message: '{model}@{version} is not deleted: {reason}',
    remedy:
      'An alias keeps the version that it names and the one before. `telltale models unalias {model}@{alias} --registry {registry}` removes it: then delete again.',
    answer: 'Remove the alias first: it keeps the version that it names and the one before.',
  },
  'rollback-impossible': {
    message: '{model}@{alias} names version {version} and named no other version that still exists',
    remedy:
      '`telltale models history {model} --registry {registry}` shows what it named. `telltale models promote {model}@NUMBER --alias {alias} --registry {registry}` takes any version.',
    answer: 'Promote a version: any that exists can be named.',
  },
})
