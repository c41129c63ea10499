const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that cannot become markup. */
export function escapeHtml(raw: string): string {
  return raw.replace(/[&<>"']/g, character => ENTITIES[character])
}
