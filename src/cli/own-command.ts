// How this program starts itself again.

/** This executable; from source, bun and the entry. */
export function ownCommand(...words: string[]): string[] {
  const entry = Bun.main;
  const isCompiled = entry.includes("$bunfs") || entry.includes("~BUN");
  return [process.execPath, ...(isCompiled ? [] : [entry]), ...words];
}
