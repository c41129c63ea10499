import { fileURLToPath } from 'node:url'

/** The built program, for commands that start it as a process of its own; tests run the sources directly. */
export const PROGRAM_FILE = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/bin/telltale.js' : '../bin/telltale.js',
    import.meta.url,
  ),
)
