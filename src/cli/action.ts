import { createError } from '../core/errors.js'
import { similarName } from '../core/nearest.js'

/** The action that a command with several is asked for. Errors: `command-unknown` with the nearest name. */
export function actionOf<T>(actions: Readonly<Record<string, T>>, command: string, name: string): T {
  if (Object.hasOwn(actions, name)) return actions[name]
  const nearest = similarName(name, Object.keys(actions))
  throw createError('command-unknown', { name: `${command} ${name}`, nearest })
}
