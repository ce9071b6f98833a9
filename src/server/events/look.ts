// Reads what was stored since the last look and returns it as text to send.
import type { Reader } from "#db/connect.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { deletionBefore, deletionsAfter, hasDeletionsAfter, newestDeletion } from "./deletions.ts";
import { idBefore, type Position, parsePosition, positionText, timeBefore } from "./position.ts";
import { changedSince, newestChange } from "./records.ts";
import { isFarBehind, type ListenerEvent, logsAfter, newestLog, newestState, statesAfter } from "./store.ts";

export interface Look {
  /** What is new, as text to send; `isAll` is false when there may be more than a page of it. The first text is `ready` or `reset`. */
  next(q: Reader): { text: string; isAll: boolean };
  /** Text that tells a listener how far it is when there is nothing new. */
  heartbeat(): string;
}

export interface LookOptions {
  flowRunId: string | null;
  /** The id of the last event that was heard. */
  lastEventId: string | null;
  /** Without such an id: begin so many milliseconds ago. */
  pastMs?: number | null;
}

/** Rows of one look. */
const PAGE = 500;
/** Two processes may commit ids of the same moment in any order, so each look begins this long before the last one. */
const OVERLAP_MS = 5;
/** A connection that begins in the past begins so much earlier. */
const LEEWAY_MS = 1_000;
/** No other process still commits ids that are older than this. */
const LONG_AGO_MS = 60_000;
/** After a reconnect at most so many states are sent, and at most so many log lines are read. */
const MOST_STATES = 10_000;
const MOST_LOGS = 100_000;
const TOO_MUCH = "Too much has happened since then to list every event.";
const UNKNOWN = "The id of the last event is none of this server's.";

export function createLook(clock: Clock, options: LookOptions): Look {
  const { flowRunId, lastEventId, pastMs = null } = options;
  /** What was sent of the last moment: ids, and of changes the id with its time. */
  const sent = new Map<string, string>();
  let position: Position = { row: "", changed: timestampNow(clock), log: 0, deletion: 0 };
  let begun = false;
  let isAll = true;

  function begin(q: Reader): string {
    begun = true;
    const isNew = lastEventId === null && pastMs === null;
    const given = lastEventId === null ? positionAgo(q) : parsePosition(lastEventId);
    const reason = isNew ? undefined : obstacle(q, given);
    if (reason !== undefined || !given) passOver(q);
    if (reason !== undefined) return `retry: 1000\n${say({ name: "reset", data: { reason } })}`;
    if (given) {
      position = given;
      sent.set(given.row, given.row);
    }
    return `retry: 1000\n${say({ name: "ready", data: { resumed: lastEventId !== null } })}`;
  }

  /** A little earlier than asked for: a request may take longer than another, and so may a commit. */
  function positionAgo(q: Reader): Position | undefined {
    if (pastMs === null) return undefined;
    const millis = Math.min(pastMs + LEEWAY_MS, clock.now());
    const changed = timeBefore(timestampNow(clock), millis);
    return { row: idBefore(newId(), millis), changed, log: newestLog(q), deletion: deletionBefore(q, millis) };
  }

  /**
   * What was there before a new listener came is no news to it. It starts at the last that is committed, not at this moment:
   * another process may hold the database, with ids and times that it has made already.
   */
  function passOver(q: Reader): void {
    const row = newestState(q) || idBefore(newId(), LONG_AGO_MS);
    const changed = newestChange(q) ?? timeBefore(timestampNow(clock), LONG_AGO_MS);
    position = { row, changed, log: newestLog(q), deletion: newestDeletion(q) };
    for (const { data } of statesAfter(q, idBefore(row, OVERLAP_MS), flowRunId, MOST_STATES))
      sent.set(data.id, data.id);
    for (const { id, updated } of changedSince(q, timeBefore(changed, OVERLAP_MS), MOST_STATES)) {
      sent.set(`${updated} ${id}`, updated);
    }
  }

  function obstacle(q: Reader, given: Position | undefined): string | undefined {
    if (!given || idBefore(given.row, 60_000) > newId()) return UNKNOWN;
    if (flowRunId === null && !hasDeletionsAfter(q, given.deletion)) return TOO_MUCH;
    const isFar = isFarBehind(q, given.row, MOST_STATES);
    return isFar || (flowRunId !== null && newestLog(q) - given.log > MOST_LOGS) ? TOO_MUCH : undefined;
  }

  /** Before the states, so that who stops at the end of a run has its last lines. */
  function logs(q: Reader): string {
    if (flowRunId === null) return "";
    let text = "";
    const found = logsAfter(q, position.log, flowRunId, PAGE);
    if (found.length >= PAGE) isAll = false;
    for (const { row, event } of found) {
      position = { ...position, log: row };
      text += say(event);
    }
    // What was looked through for nothing need not be looked through again. Rows that were deleted last give their numbers back.
    if (found.length === 0) position = { ...position, log: newestLog(q) };
    return text;
  }

  function states(q: Reader): string {
    let text = "";
    const most = PAGE + sent.size;
    const found = statesAfter(q, idBefore(position.row, OVERLAP_MS), flowRunId, most);
    if (found.length >= most) isAll = false;
    for (const event of found) {
      const { id } = event.data;
      if (sent.has(id)) continue;
      sent.set(id, id);
      if (id > position.row) position = { ...position, row: id };
      text += say(event);
    }
    const newest = text === "" ? newestState(q) : "";
    if (newest > position.row) position = { ...position, row: newest };
    return text;
  }

  function changes(q: Reader): string {
    let text = "";
    const since = timeBefore(position.changed, OVERLAP_MS);
    const most = PAGE + sent.size;
    const found = changedSince(q, since, most);
    if (found.length >= most) isAll = false;
    for (const { id, updated, event } of found) {
      const key = `${updated} ${id}`;
      if (sent.has(key)) continue;
      sent.set(key, updated);
      if (updated > position.changed) position = { ...position, changed: updated };
      text += say(event);
    }
    return text;
  }

  function deletions(q: Reader): string {
    let text = "";
    const found = deletionsAfter(q, position.deletion, PAGE);
    if (found.length >= PAGE) isAll = false;
    for (const { position: deletion, event } of found) {
      position = { ...position, deletion };
      text += say(event);
    }
    return text;
  }

  function forget(): void {
    const row = idBefore(position.row, OVERLAP_MS);
    const changed = timeBefore(position.changed, OVERLAP_MS);
    for (const [key, order] of sent) if (order < (key === order ? row : changed)) sent.delete(key);
  }

  function say({ name, data }: ListenerEvent): string {
    return `id: ${positionText(position)}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  return {
    next(q) {
      isAll = true;
      if (!begun) return { text: begin(q), isAll: false };
      const text = logs(q) + states(q) + (flowRunId === null ? changes(q) + deletions(q) : "");
      forget();
      return { text, isAll };
    },
    heartbeat: () => `id: ${positionText(position)}\n: still here\n\n`,
  };
}
