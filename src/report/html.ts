const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text with markup escaped. */
export function escapeHtml(raw: string): string {
  return raw.replace(/[&<>"']/g, character => ENTITIES[character])
}
