import { ofKind } from './entry.js'

/** The caller asked for something impossible. */
export const OPTION_ERRORS = ofKind('option', {
  'reload-refused': {
    message: 'the new configuration cannot take over: {reason}',
    remedy: 'Stop the stream with SIGTERM and start it again: it continues from its state.',
  },
  'option-unknown': {
    message: 'unknown option {name} in {where}',
    remedy: 'Did you mean {nearest}? `telltale help` lists the options of each command.',
  },
  'command-unknown': {
    message: 'unknown command {name}',
    remedy: 'Did you mean {nearest}? {known}.',
  },
  'argument-unexpected': {
    message: 'too many arguments for {where}: it takes {wanted}',
    remedy: '{help}. `--help` shows an example.',
  },
  'option-invalid': {
    message: '{name} is {got} in {where}, but {wanted}',
    remedy: 'Change {name} to an allowed value.',
  },
  'option-missing': {
    message: '{name} is required and was not given',
    remedy: 'Add {name}. `--help` shows an example.',
  },
  'option-conflict': {
    message: '{first} and {second} are mutually exclusive',
    remedy: 'Remove one of them.',
  },
  'option-one-device': {
    message: '{what} is about one device, and no device is named',
    remedy: 'Give --device NAME: the one it is about.',
  },
  'option-without-effect': {
    message: '{name} has no effect {where}',
    remedy: 'Use {wanted}, or leave {name} out. docs/training.md lists the options of each detector.',
  },
  'sensitivity-too-high': {
    message:
      'a step of {size} in {channel} cannot be distinguished from normal operation: the level that finds it leaves the device in alarm for {share} % of the normal time, and at most {most} % is accepted',
    remedy: 'The smallest step of {channel} that can be found is {smallest}. Ask for that or more.',
  },
  'monitor-closed': {
    message: 'the monitor is closed, and takes no more readings',
    remedy: 'Push before `close()`, or open another monitor.',
  },
  'output-is-input': {
    message: '{first} would replace {file}, which {second} reads',
    remedy: 'Choose another file for {first}.',
  },
  'output-twice': {
    message: '{first} and {second} would both write {file}',
    remedy: 'Choose another file for one of them.',
  },
  'output-in-model': {
    message: '{name} would write {file} into the folder of a model',
    remedy: 'Choose a file outside of the folder: a model holds nothing else.',
  },
  'option-combination': {
    message: 'the options of {section} do not fit together: {reason}',
    remedy: 'Change one of them. `telltale config` shows each value and where it comes from.',
  },
  'registry-needed': {
    message: '{name} names a version in a registry, but no registry was given',
    remedy: 'Give its folder with --registry or TELLTALE_REGISTRY. A folder of this name is ./{name}.',
  },
  'version-unnamed': {
    message: '{name} names no version of a model',
    remedy: 'Write {examples}. `telltale models list {model} --registry {registry}` shows its versions.',
  },
  'model-name-invalid': {
    message: '{name} cannot be the name of {what}: {reason}',
    remedy: 'Choose another name. A path to a folder needs a separator, such as ./NAME.',
  },
  'stream-filtered': {
    message:
      'the model learnt from the rows with {where}, and a stream does not know which messages are such rows',
    remedy:
      'Let the sender leave out the other messages and add --ignore-where (`ignoreWhere` in the library), or train without --where.',
  },
  'stream-unsupported': {
    message: '{what} cannot be scored chunk by chunk: {reason}',
    remedy: '{remedy}, or read the table whole: raise --memory and omit --chunk-rows.',
  },
  'config-unreadable': {
    message: 'the configuration {file} is not valid YAML: {reason} (line {line})',
    remedy: 'Fix that line, or ignore the file with --no-config.',
  },
  'config-missing': {
    message: 'the configuration file {file} does not exist',
    remedy: 'Check the path given by --config or TELLTALE_CONFIG.',
  },
  'architecture-invalid': {
    message: '{where}: {reason}',
    remedy:
      'Change this layer or an earlier one. `telltale architectures template` prints an architecture that works.',
  },
  'architecture-unknown': {
    message: 'unknown architecture {name}',
    remedy: 'Known are {known}. The name of an architecture file must end in .json.',
  },
  'search-empty': {
    message: 'none of the {trials} trials produced a model',
    remedy: 'The column error of the table says why. Try other --architectures or a smaller --window.',
  },
  'onnx-unsupported': {
    message: '{what} cannot be exported to ONNX: {reason}',
    remedy:
      'Train the default detector, or a network, such as with --architecture dense-ae, and without --regimes and --adapt. docs/onnx.md lists what can be exported.',
  },
  'session-ended': {
    message: 'the session has ended: it takes no more samples',
    remedy: 'Open another session for the samples that follow.',
  },
  'metric-unknown': {
    message: 'unknown metric {name}',
    remedy: 'Did you mean {nearest}? Known are {known}.',
  },
  'labels-unknown': {
    message: '--labels {name} is neither a file nor a column of {file}, which has {columns}',
    remedy:
      'Did you mean {nearest}? Give a column of 0 and 1, a file with one 0 or 1 per line, or a file of intervals START,END, also as JSON.',
  },
  'device-needed': {
    message: '{path} holds the models of {count} devices: {got}',
    remedy:
      'Give --device {device}, or another of them. `detect` and `evaluate` take all of them with --group-by COLUMN; other commands take one at a time.',
    answer: 'Name one with `device`, in a JSON body or in the query.',
  },
  'path-outside': {
    message: '{file} is outside the folders that may be read: {roots}',
    remedy: 'Move the file into one of them, or add its folder to --sql-roots.',
  },
  'query-refused': {
    message: '{what} is refused: {reason}',
    remedy:
      "Give a single SELECT that only reads, such as select * from 'data/*.parquet', over files in the folders of --sql-roots.",
  },
  'event-unknown': {
    message: 'there is no event {id}; the table has {known}',
    remedy: '`telltale detect DATA --model MODEL` lists the ids of events.',
  },
  'method-unfit': {
    message: '{method} cannot explain the detector {detector}: it needs {wanted}',
    remedy: 'Choose another --method: {able} explain every detector.',
  },
  'sample-unknown': {
    message: 'there is no sample at {time}; {known}',
    remedy: 'Choose another --at, within the times of the table.',
  },
  'figure-unknown': {
    message: 'unknown figure {name}; expected one of {known}',
    remedy: 'Did you mean {nearest}? `telltale plot --help` lists the figures.',
  },
  'figure-empty': {
    message: 'there is nothing to draw for the figure {name}: {reason}',
    remedy: 'Choose another figure, or other data or another model.',
  },
  'rasteriser-missing': {
    message: '{file} is a PNG picture, and the package {name} that makes it is not installed',
    remedy: 'Install it with `npm install {name}`, or write an .svg file.',
  },
  'format-unknown': {
    message: '{file} has the extension {got}, which is not supported; expected {wanted}',
    remedy: 'Name it {name}{lines}.',
  },
})
