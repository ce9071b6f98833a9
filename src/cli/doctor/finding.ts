// One line of `orch doctor`.

export interface Finding {
  check: string;
  ok: boolean;
  /** What was found, in a sentence. */
  says: string;
  /** What to do about it. */
  mend?: string;
}

export function fine(check: string, says: string): Finding {
  return { check, ok: true, says };
}

export function wrong(check: string, says: string, mend: string): Finding {
  return { check, ok: false, says, mend };
}
