// Whether a result is kept beyond its process, and the state to propose when it is.
import { OrchError } from "#lib/errors.ts";
import type { State } from "#wire/states.ts";
import { type Ending, failed } from "./outcome.ts";
import type { Session } from "./session.ts";

/** `may`: kept for a later attempt, and no harm done if the value cannot be. */
export type Keeping = "must" | "may" | "no";

/** What the author said, else what the features in use need. */
export function keepingOf(said: boolean | undefined, byDefault: boolean, needed: boolean): Keeping {
  if (said !== undefined) return said ? "must" : "no";
  return byDefault || needed ? "may" : "no";
}

/** The ending with its value on disk. A value that must be kept and cannot be makes the run fail. */
export async function withKeptResult(
  session: Session,
  noun: string,
  ending: Ending,
  keeping: Keeping,
): Promise<Ending> {
  const { proposal, outcome } = ending;
  if (keeping === "no" || proposal.type !== "COMPLETED" || !outcome || !("value" in outcome)) return ending;
  try {
    const data = await (await session.results()).keep(outcome.value);
    return { outcome, proposal: { ...proposal, data } };
  } catch (error) {
    if (!(error instanceof OrchError) || error.code !== "invalid") throw error;
    return keeping === "may" ? ending : failed(noun, error, session.folder);
  }
}

/** The value that a state of an earlier run or process stands for; undefined when it was not kept or is gone. */
export async function restored(
  { results }: Pick<Session, "results">,
  state: State | null,
): Promise<{ value: unknown } | undefined> {
  const data = state?.type === "COMPLETED" ? state.data : undefined;
  if (data === undefined || data === null) return undefined;
  try {
    return await (await results()).restore(data);
  } catch (error) {
    if (error instanceof OrchError && (error.code === "not_found" || error.code === "invalid")) return undefined;
    throw error;
  }
}
