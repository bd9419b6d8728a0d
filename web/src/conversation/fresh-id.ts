/** Identities for what the page says, which the server keeps: none is ever given twice, on no visit and in no tab. */
export function freshId(prefix: string): string {
  const random = crypto.getRandomValues(new Uint32Array(3));
  return `${prefix}_${Array.from(random, (part) => part.toString(36).padStart(7, '0')).join('')}`;
}
