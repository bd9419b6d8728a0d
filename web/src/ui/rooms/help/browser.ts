/** Which browser this is, as far as its menus differ. */

export type Browser = 'chromium' | 'firefox' | 'safari' | 'other';

/** Every browser also claims to be others: the rarer name counts. */
export function browserOf(userAgent: string): Browser {
  if (/Firefox\/|FxiOS\//.test(userAgent)) return 'firefox';
  if (/Chrome\/|Chromium\/|CriOS\/|Edg\//.test(userAgent)) return 'chromium';
  if (userAgent.includes('Safari/')) return 'safari';
  return 'other';
}
