/** Hands a file to the browser to be saved: what was fetched with a key, which an ordinary link does not carry. */

/** Long enough for any browser to have begun. */
const KEPT_MS = 30_000;

export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, KEPT_MS);
}

/** A file name that every system takes, as close to the title as can be. */
export function fileName(title: string, suffix: string): string {
  const name = title
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '')
    .slice(0, 80)
    .trim();
  return `${name === '' ? 'vivavoce' : name}.${suffix}`;
}
