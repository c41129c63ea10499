import { createError, type TelltaleError } from '../core/errors.js'
import { similarName } from '../core/nearest.js'

/** The argument of a command that names one of its actions. */
export function actionArgument(actions: Readonly<Record<string, unknown>>) {
  const choices = Object.keys(actions)
  return { name: 'action', description: `One of ${choices.join(', ')}.`, choices }
}

/** The action that a command with several is asked for. Errors: `command-unknown` with the nearest name. */
export function actionOf<T>(actions: Readonly<Record<string, T>>, command: string, name: string): T {
  if (Object.hasOwn(actions, name)) return actions[name]
  throw actionUnknown(command, name, Object.keys(actions))
}

/** The error of an action that a command does not have. */
export function actionUnknown(command: string, name: string, actions: readonly string[]): TelltaleError {
  const known = `Actions of \`telltale ${command}\`: ${actions.join(', ')}`
  return createError('command-unknown', {
    name: `${command} ${name}`,
    nearest: similarName(name, actions),
    known,
  })
}

/**
 * The error of more arguments than a command or an action takes.
 *
 * @param names of those that it takes
 * @param extra those that are too many
 * @param help what to write in their place, without a full stop. Default: that they are left out, or how several files are named
 */
export function tooManyArguments(
  where: string,
  names: readonly string[],
  extra: readonly string[],
  help?: string,
): TelltaleError {
  const rest = names.includes('DATA')
    ? 'Several files are one pattern in quotes, or a folder. Names that contain spaces need quotes, too'
    : `Leave out ${extra.join(' ')}`
  return createError('argument-unexpected', {
    where: `telltale ${where}`.trim(),
    wanted: names.join(' and ') || 'none',
    help: help ?? (names.includes(MODEL_OPTION) ? 'Give the model with --model' : rest),
  })
}

/** The option of the model, among the arguments of a command that lacks it. */
export const MODEL_OPTION = '--model MODEL'
