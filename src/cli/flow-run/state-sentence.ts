// Says in a sentence which state a run is in and why, for a command that has nothing else to show of it.
import type { State } from "#wire/runs/states.ts";

/** Without a message: `Its state is Scheduled.`; with one: `Its state is Skipped: flow run 'x' was still under way.` */
export function stateSentence({ state }: { state: State | null }): string {
  if (state === null) return "It has no state yet.";
  const [message = ""] = (state.message ?? "").split("\n");
  // `Skipped: Skipped: …` says one word twice.
  const reason = message.startsWith(`${state.name}: `) ? message.slice(state.name.length + 2) : message;
  const text = reason === "" ? `Its state is ${state.name}` : `Its state is ${state.name}: ${reason}`;
  return text.replace(/\.?$/, ".");
}
