/** The compiled file of a worker thread. Tests run the sources directly; a thread needs what was built from them. */
export function compiled(name: string): URL {
  const here = import.meta.url
  return here.endsWith('.ts') ? new URL(`../../dist/runtime/${name}.js`, here) : new URL(`./${name}.js`, here)
}
