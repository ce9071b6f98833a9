// Reads from the API for the pages, and remembers what was read by call and input. A failed read keeps the old answer.
import { type Signal, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { callOrTake, keyOf } from "./ahead.ts";
import { addressOf, CallError, call, type EndpointName, type Input, isKeyWanted, type Output } from "./call.ts";
import { now } from "./clock.ts";
import type { ServerEvent } from "./event-stream.ts";
import { kept } from "./kept.ts";
import { isToldByEvents, isTouched } from "./touched.ts";
import { isVisible } from "./visibility.ts";

export interface Query<T> {
  /** `undefined` before the first answer. */
  data: T | undefined;
  /** Why the last read failed. `data` is then what was read before. */
  error: CallError | undefined;
  /** When `data` was read, in milliseconds. What looks at it is drawn again after each read, also one that brought nothing new. */
  readonly readAt: number;
  /** `data` answers the input before this one: the answer is under way. */
  isOld: boolean;
  /** Reads again. */
  reload(): void;
}

interface State {
  data: unknown;
  error: CallError | undefined;
}

interface Entry {
  name: EndpointName;
  input: unknown;
  state: Signal<State>;
  readAt: Signal<number>;
  /** Components on the page that show it. */
  users: number;
  pending: AbortController | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Something has changed since the read that is under way began, or while the page was hidden. */
  isOutdated: boolean;
  startedAt: number;
  tookMs: number;
  failures: number;
}

const entries = new Map<string, Entry>();
/** Entries that no component shows any more, for the way back. */
const MOST_UNUSED = 60;
/** The same answer is good enough for a page that is opened right after another. */
const FRESH_MS = 1_000;
/** At most so often is one read repeated by events; a slow one ten times its own length apart. */
const LEAST_GAP_MS = 1_000;
const GAP_FACTOR = 10;
/** What no event tells of is read again this often. */
const POLL_MS = 30_000;
const LOOK_MS = 5_000;
const LONGEST_RETRY_MS = 30_000;
/** Timers of browsers end at once when they are longer than 25 days. */
const LONGEST_TIMER_MS = 86_400_000;

/**
 * What an endpoint answers, kept up to date while the component is on the page. `null` as input reads nothing yet.
 *
 * @example
 * const flows = useQuery("listFlows", { body: { sort: "NAME_ASC", limit: 200 } });
 */
export function useQuery<Name extends EndpointName>(name: Name, input: Input<Name> | null): Query<Output<Name>> {
  const key = input === null ? undefined : keyOf(name, input);
  const entry = useMemo(() => (key === undefined ? undefined : entryOf(key, name, input)), [key]);
  const before = useRef<Entry | undefined>(undefined);
  // Not after the paint: the answer is under way while the browser paints the frame of the page.
  useLayoutEffect(() => {
    if (!entry) return;
    entry.users += 1;
    if (!entry.pending && now() - entry.readAt.peek() > FRESH_MS) start(entry);
    return () => release(entry);
  }, [entry]);
  const state = entry?.state.value;
  const isAnswered = state?.data !== undefined;
  const last = !isAnswered && entry && isSameSubject(before.current, entry) ? before.current : undefined;
  const old = last?.state.peek();
  if (isAnswered) before.current = entry;
  return {
    data: (state?.data ?? old?.data) as Output<Name> | undefined, // what this call answered
    error: state?.error,
    get readAt() {
      return entry?.readAt.value || (last?.readAt.peek() ?? 0);
    },
    isOld: old?.data !== undefined,
    reload: () => entry && start(entry),
  };
}

/** Other filters of the same list: its old rows may stay until the new ones are there. Never those of another record. */
function isSameSubject(one: Entry | undefined, other: Entry): boolean {
  const subject = ({ name, input }: Entry) => name + JSON.stringify((input as { params?: unknown }).params);
  return one !== undefined && subject(one) === subject(other);
}

/** Reads again at a moment, in milliseconds: when the answer may be another although no event tells of it. */
export function useReadAgain({ reload, readAt }: Query<unknown>, at: number | undefined): void {
  const isSeen = isVisible.value;
  useEffect(() => {
    if (at === undefined || !isSeen) return;
    const timer = setTimeout(reload, Math.min(Math.max(LEAST_GAP_MS, at - now()), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }, [at, isSeen, readAt]);
}

function entryOf(key: string, name: EndpointName, input: unknown): Entry {
  const known = entries.get(key);
  if (known) entries.delete(key);
  const state = signal<State>({ data: undefined, error: undefined });
  const idle = {
    users: 0,
    pending: undefined,
    timer: undefined,
    isOutdated: false,
    startedAt: 0,
    tookMs: 0,
    failures: 0,
  };
  const entry: Entry = known ?? { name, input, state, readAt: signal(0), ...idle };
  entries.set(key, entry); // the last in the map, which was used last
  return entry;
}

function release(entry: Entry): void {
  entry.users -= 1;
  if (entry.users > 0) return;
  // What a change made outdated stays so when its reading is broken off.
  if (entry.pending || entry.timer) entry.readAt.value = 0;
  entry.pending?.abort();
  entry.pending = undefined; // at once: the next page may begin its own before this one has ended
  clearTimeout(entry.timer);
  entry.timer = undefined;
  const unused = [...entries].filter(([, { users }]) => users === 0);
  for (const [key] of unused.slice(0, -MOST_UNUSED)) entries.delete(key);
}

async function start(entry: Entry): Promise<void> {
  clearTimeout(entry.timer);
  entry.timer = undefined;
  entry.pending?.abort();
  const pending = new AbortController();
  entry.pending = pending;
  entry.isOutdated = false;
  entry.startedAt = Date.now();
  const { state } = entry;
  try {
    const data = await callOrTake(entry.name, entry.input as never, { signal: pending.signal }); // as it was given
    if (pending.signal.aborted) return;
    entry.failures = 0;
    const { data: before, error } = state.peek();
    const next = kept(before, data);
    entry.readAt.value = now();
    // Else nothing has changed, and nothing is drawn again.
    if (next !== before || error) state.value = { data: next, error: undefined };
  } catch (error) {
    if (pending.signal.aborted) return;
    entry.failures += 1;
    const failure = error instanceof CallError ? error : new CallError(String(error), 0);
    state.value = { ...state.peek(), error: failure };
    // A refusal stays one; a server that is away comes back.
    if (failure.status === 0 || failure.status >= 500)
      again(entry, Math.min(500 * 2 ** entry.failures, LONGEST_RETRY_MS));
  } finally {
    entry.tookMs = Date.now() - entry.startedAt;
    if (entry.pending === pending) entry.pending = undefined;
    if (entry.isOutdated && !entry.pending) refresh(entry);
  }
}

function again(entry: Entry, inMillis: number): void {
  if (entry.users === 0 || entry.timer !== undefined) return;
  entry.timer = setTimeout(() => {
    entry.timer = undefined;
    if (isVisible.value) start(entry);
    else entry.isOutdated = true;
  }, inMillis);
}

/** Reads again, soon: many events together cost one read. */
function refresh(entry: Entry): void {
  if (entry.users === 0) entry.readAt.value = 0;
  else if (!entry.pending) {
    const gap = Math.max(LEAST_GAP_MS, entry.tookMs * GAP_FACTOR);
    again(entry, Math.max(0, entry.startedAt + gap - Date.now()));
  } else entry.isOutdated = true;
}

/** Reads again what an event tells of. */
export function refreshTouched(event: ServerEvent): void {
  for (const entry of entries.values()) if (isTouched(entry, event)) refresh(entry);
}

/** Reads again everything, for example after events were missed. */
export function refreshAll(): void {
  for (const entry of entries.values()) refresh(entry);
}

/**
 * Makes a call that changes something, and reads again what is of the same kind.
 *
 * @throws CallError, as `call`. A page shows it beside the button, or lets `attempt` (parts/attempt.ts) say it.
 */
export async function change<Name extends EndpointName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
  const answer = await call(name, input);
  const kind = kindOf(name);
  const isDeletion = addressOf(name).method === "DELETE";
  for (const entry of entries.values()) {
    const other = kindOf(entry.name);
    if (other !== kind && other !== "orch") continue;
    if (entry.users === 0) refresh(entry);
    else if (isDeletion && isOfOne(entry)) setTimeout(() => entry.users > 0 && start(entry), LEAVING_MS);
    else start(entry);
  }
  return answer;
}

/** A page leaves the record that it deleted: reading it again would only be refused. */
const LEAVING_MS = 500;

function isOfOne({ input }: Entry): boolean {
  return (input as { params?: unknown }).params !== undefined;
}

/** `variables` of `/variables/{id}`. Queues are read below their pools too. */
function kindOf(name: EndpointName): string {
  return addressOf(name).path.split("/")[1]?.replace("work_queues", "work_pools") ?? "";
}

/** Shows a change before the server has answered: a switch flips at once. The next read puts right what was refused. */
export function showAlready<Name extends EndpointName>(
  name: Name,
  edit: (data: Output<Name>, input: Input<Name>) => Output<Name>,
): void {
  for (const entry of entries.values()) {
    const { data } = entry.state.peek();
    if (entry.name !== name || data === undefined) continue;
    entry.state.value = { ...entry.state.peek(), data: edit(data as Output<Name>, entry.input as Input<Name>) }; // of this name
  }
}

/** Begins to read again what no event tells of; a hidden page waits until it is seen. */
export function keepFresh(): void {
  const look = (age: number) => {
    if (!isVisible.value || isKeyWanted.value) return;
    for (const entry of entries.values()) {
      const isOld = !isToldByEvents(entry.name) && now() - entry.readAt.peek() > age;
      if (entry.users > 0 && !entry.pending && (isOld || entry.isOutdated)) refresh(entry);
    }
  };
  setInterval(() => look(POLL_MS), LOOK_MS);
  isVisible.subscribe(() => look(LOOK_MS));
}
