// The arguments of a script. What it says of itself, the comment at its head, is its usage: printed for `--help`, and behind what is wrong with arguments.
import { readFileSync, realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'

/**
 * Options and further arguments of the script that was started; the defaults where another script has imported this one. Ends the program with the code 0 after `--help`,
 * with 2 after what it does not know.
 *
 * @param meta `import.meta` of the script
 * @param options as of `parseArgs`
 * @param range how many further arguments there may be, least and most
 */
export function readArguments(meta, options = {}, [least, most] = [0, 0]) {
  const isStarted = process.argv[1] !== undefined && realpathSync(process.argv[1]) === meta.filename
  const stop = (code, ...lines) => {
    const print = code === 0 ? console.log : console.error
    for (const line of [...lines, usageOf(meta.filename)]) print(line)
    process.exit(code)
  }
  try {
    const { values, positionals } = parseArgs({
      args: isStarted ? process.argv.slice(2) : [],
      options: { ...options, help: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    if (values.help) stop(0)
    if (positionals.length > most) stop(2, `error: unknown argument ${positionals[most]}`, '')
    if (isStarted && positionals.length < least) stop(2, 'error: an argument is missing', '')
    const { help: _, ...others } = values
    return { values: others, positionals }
  } catch (error) {
    return stop(2, `error: ${error.message}`, '')
  }
}

/** The comment at the head of a script. */
function usageOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n')
  const end = lines.findIndex(line => !line.startsWith('//'))
  return lines
    .slice(0, end)
    .map(line => line.replace(/^\/\/ ?/, ''))
    .join('\n')
}
