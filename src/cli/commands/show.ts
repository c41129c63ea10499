import { formatModel } from '../../report/index.js'
import { loadModel } from '../../store/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { modelIn } from '../model-place.js'

export const showCommand = defineCommand({
  name: 'show',
  summary: 'Prints what a model was trained on, its settings and its threshold.',
  description: '',
  arguments: [{ name: 'model', reads: true, description: 'Folder or file of the model, or NAME@VERSION.' }],
  examples: [
    'telltale show model',
    'telltale show model --format json',
    'telltale show pump@champion --registry models',
  ],
  async run({ args: [path], cli, io }) {
    const { info } = await loadModel(await modelIn(io, cli, path))
    io.stdout(formatModel(info, {}, cli.format))
    return EXIT_OK
  },
})
