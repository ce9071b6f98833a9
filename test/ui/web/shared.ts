// Gives the tests of a file one server and one watched page of a browser, which end with the file.
import { afterAll, beforeAll, expect } from "bun:test";
import { createWebWorld, possible, type WatchedPage, type WebWorld } from "./world.ts";

/** Of one test, in milliseconds: a machine under load has time enough, and what hangs ends. */
export const LIMIT = 60_000;

/** Of what an action brings about: as long as a page waits for an element. */
const PATIENCE_MS = 20_000;

/** Looks until it finds what is expected, for what is drawn a moment after the action; else fails with what it found last. */
export async function expectSoon<T>(look: () => Promise<T>, expected: T): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  let found = await look();
  while (!Bun.deepEquals(found, expected) && performance.now() < until) found = await look();
  expect<unknown>(found).toEqual(expected);
}

export interface Shared extends WatchedPage {
  world: WebWorld;
  /** What the API answers to a GET. */
  read<T>(path: string): Promise<T>;
  /** What the API lists, by a filter. */
  list<T>(path: string, body?: object): Promise<T[]>;
}

/** Its members are there when the tests run. `env` and `isSeeded` as of `createWebWorld`. */
export function shareWorld(env: Record<string, string> = {}, isSeeded = true): Shared {
  const shared = {} as Shared; // filled below
  beforeAll(async () => {
    if (!possible) return;
    const world = await createWebWorld(env, isSeeded);
    const ask = async (path: string, init: RequestInit) => (await fetch(`${world.url}/api${path}`, init)).json();
    Object.assign(shared, await world.openPage(), {
      world,
      read: (path: string) => ask(path, {}),
      list: (path: string, body: object = {}) =>
        ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  }, LIMIT);
  afterAll(() => shared.world?.close());
  return shared;
}
