// Names and values that scenarios share.
import type { Talk } from "../talk.ts";

/** An id that nothing has. */
export const NOBODY = "00000000-0000-0000-0000-000000000000";

/** The same call with each of the bodies. */
export async function each(talk: Talk, call: string, bodies: readonly unknown[]): Promise<void> {
  for (const body of bodies) await talk(call, body);
}

export async function aFlow(talk: Talk, name: string): Promise<string> {
  return (await talk("POST /flows/", { name })).id;
}

/** The old server fails inside on a body without what it needs. */
export const BROKEN = { differs: { status: 422, because: "the old server answers 500" } } as const;

export const OWN_WORDS = { differs: { status: 409, because: "our sentence says what is in the way" } } as const;
