/** Text as HTML shows it: no markup in it, and no control characters but line breaks. */
export function escapeHtml(text: string): string {
  return text.replace(unseen, ' ').replace(/[&<>"']/g, character => entities[character] ?? character)
}

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

// Controls but the line feed; zero-width and direction-changing characters.
const unseen = /[^\P{Cc}\n]|[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu
