import { z } from 'zod'
import { maskConfig } from '../../config/index.js'
import { kebabCase } from '../../core/options.js'
import { formatRows } from '../../report/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'

export const configCommand = defineCommand({
  name: 'config',
  summary: 'Prints every option with its value and the source of the value.',
  description: 'Precedence: command-line flag, TELLTALE_* variable, configuration file, default.',
  arguments: [],
  schema: z.strictObject({}),
  examples: ['telltale config', 'telltale config --config plant.yaml --format json'],
  async run({ cli, config, schemas, io }) {
    const { values, sources } = maskConfig(config, schemas)
    const rows = Object.entries(values).flatMap(([section, options]) =>
      Object.entries(options).map(([key, value]) => ({
        option: `${section}.${kebabCase(key)}`,
        value: typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean),
        source: sources[section][key].where,
      })),
    )
    io.stdout(formatRows(rows, cli.format))
    return EXIT_OK
  },
})
