/** What a key may do: `viewer` reads and scores, `operator` changes what is watched, `admin` everything. Each may do what those before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Whether a role may do what another is needed for. */
export function reaches(role: Role, wanted: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(wanted)
}

/** Who makes a request. */
export interface User {
  /** Of its key; `anonymous` where none is needed. */
  readonly name: string
  readonly role: Role
}
