// What sends a message: one function for each type of block.
import type { Clock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";

export interface Message {
  subject: string;
  body: string;
}

/** What a notifier reaches the world with. */
export interface Outside {
  fetch(url: string, init: RequestInit): Promise<Response>;
  clock: Clock;
  /** Aborted when sending takes too long. */
  signal: AbortSignal;
}

/** Resolves when the message was taken; else throws an error whose sentence says who refused it, and why. */
export type Notifier = (block: JsonObject, message: Message, outside: Outside) => Promise<void>;

/** For services that know no subject. */
export function oneText({ subject, body }: Message): string {
  return subject === "" ? body : `${subject}\n${body}`;
}

/** Not in the middle of a character of two parts. */
export function cutOff(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
