// Reads what this browser remembers. Without signals: the script that sends a page's first reads is made of it too.

/** The value under `orch.NAME`; `null` when there is none. */
export function stored(name: string): string | null {
  try {
    return localStorage.getItem(`orch.${name}`);
  } catch {
    return null; // refused by the browser, as private windows may
  }
}
