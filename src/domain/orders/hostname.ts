const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * A host's name by RFC 1123 (2.1): labels of letters, digits and inner hyphens, at most 253 characters; written
 * in lower case. Null for anything else, an address among it.
 */
export function parseHostname(text: string): string | null {
  const name = text.trim().toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) return null;
  return /^\d+$/.test(labels.at(-1) ?? '') ? null : name;
}
