// Reads a list of Prefect's API page by page: each object once, although others come and go meanwhile, and past those that the
// server cannot send.
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";

/** An answer of the server that is no use. */
export class ApiFailure extends OrchError {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super("unavailable", sentence);
    this.status = status;
  }

  /** Whether it may be for one object of those that were asked for: an error in the server, or what is no JSON. */
  get isOfObject(): boolean {
    return this.status === SERVER_ERROR || this.status < 400;
  }

  /** Whether there is no such object, or no such route. */
  get isMissing(): boolean {
    return this.status === NOT_FOUND;
  }
}

const SERVER_ERROR = 500;
export const NOT_FOUND = 404;
const UNPROCESSABLE = 422;

/** Throws `ApiFailure`. Without `limit` the server gives as many as it likes. */
export type AskList = (body: JsonObject) => Promise<JsonObject[]>;

/** An object that the server cannot send, with those beside it, which tell where it is. */
export interface Unsent {
  before: JsonObject | undefined;
  after: JsonObject | undefined;
}

/** A part of a list in its order; undefined is an object that cannot be sent. */
export interface Stretch {
  slots: (JsonObject | undefined)[];
  /** Nothing comes after it. */
  isLast: boolean;
}

/** What Prefect gives at once by its own settings. */
const USUAL_PAGE = 200;
/** After so many failures in a row the list fails, not one object. */
const MOST_IN_A_ROW = 100;

/** What is at a place of a list: a page, halved as long as the server fails with it. Throws when it fails with whatever is asked. */
export async function readStretch(ask: AskList, body: JsonObject, size = USUAL_PAGE): Promise<Stretch> {
  try {
    return { slots: await ask(body), isLast: false };
  } catch (error) {
    if (!(error instanceof ApiFailure && error.isOfObject)) throw error;
    const slots: (JsonObject | undefined)[] = [];
    const isLast = await narrow({ ask, body, slots, failure: error }, Math.max(2, size));
    return { slots, isLast };
  }
}

interface Narrowing {
  ask: AskList;
  body: JsonObject;
  /** The result so far. */
  slots: (JsonObject | undefined)[];
  failure: ApiFailure;
}

/** Reads the next `size` objects, two at least, in two halves. Gives whether the list ends there. */
async function narrow(narrowing: Narrowing, size: number): Promise<boolean> {
  const { ask, body, slots } = narrowing;
  const first = Math.ceil(size / 2);
  for (const limit of [first, size - first]) {
    const objects = await attempted(ask, { ...body, offset: Number(body["offset"] ?? 0) + slots.length, limit });
    if (objects) {
      slots.push(...objects);
      if (objects.length < limit) return true;
    } else if (limit > 1) {
      if (await narrow(narrowing, limit)) return true;
    } else {
      slots.push(undefined);
      if (slots.length >= MOST_IN_A_ROW && slots.slice(-MOST_IN_A_ROW).every((slot) => !slot)) throw narrowing.failure;
    }
  }
  return false;
}

/** Undefined when it fails, twice where it is one object alone: what fails once may be a server that is busy. */
async function attempted(ask: AskList, body: JsonObject): Promise<JsonObject[] | undefined> {
  for (let tries = body["limit"] === 1 ? 2 : 1; tries > 0; tries -= 1) {
    try {
      return await ask(body);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      const isTooMany = error.status === UNPROCESSABLE && body["limit"] !== 1;
      if (!error.isOfObject && !isTooMany) throw error;
    }
  }
  return undefined;
}

/** Those of a stretch that cannot be sent. `before`: what came before the stretch. */
export function unsentOf({ slots }: Stretch, before: JsonObject | undefined): Unsent[] {
  return slots.flatMap((slot, place) => {
    if (slot) return [];
    const earlier = slots.slice(0, place).findLast((one) => one !== undefined) ?? before;
    return [{ before: earlier, after: slots.slice(place).find((one) => one !== undefined) }];
  });
}

/**
 * Each page begins with the last object of the one before. When none of it has been seen, something before it was deleted, and
 * what took its place was missed: then it goes back. No limit is sent, as a server refuses one above its own.
 */
export async function* pagesOf(
  ask: AskList,
  body: JsonObject,
  onUnsent: (one: Unsent) => void,
): AsyncIterable<readonly JsonObject[]> {
  const seen = new Set<unknown>();
  let [offset, most, overlaps] = [0, 0, false];
  let last: JsonObject | undefined;
  for (;;) {
    const stretch = await readStretch(ask, { ...body, offset }, most || USUAL_PAGE);
    const { slots } = stretch;
    const page = slots.filter((one) => one !== undefined);
    for (const one of unsentOf(stretch, last)) onUnsent(one);
    most = Math.max(most, slots.length);
    last = page.at(-1) ?? last;
    const fresh = page.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    if (fresh.length > 0) yield fresh;
    const isWhole = page.length === slots.length;
    const isGap = overlaps && isWhole && fresh.length === page.length;
    if (isGap) {
      offset = Math.max(0, offset - most);
      overlaps = offset > 0;
    } else if (stretch.isLast || slots.length < most || slots.length === 0) return;
    else {
      overlaps = isWhole && slots.length > 1;
      offset += overlaps ? slots.length - 1 : slots.length;
    }
  }
}
