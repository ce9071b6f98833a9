// Reads each event once for all its listeners. A new one first catches up with a look of its own; one that falls far behind is
// sent away and catches up when it comes back: the database is the buffer, so slow readers cost no memory.
import type { Reader } from "#db/connect.ts";
import { MOST_EVENT_LETTERS } from "#lib/limits.ts";
import type { ServerContext } from "../kernel/context.ts";
import type { ServerEvent } from "../kernel/event-hub.ts";
import { createLook, type Look, type LookOptions } from "./look.ts";

export interface Feed {
  /** What is new, as text to send; empty when nothing is. Throws when the listener is too far behind. */
  next(): Promise<string>;
  /** Says how far the listener is, when there was nothing to tell. */
  heartbeat(): string;
  /** Whether there may be something new after this event. */
  concerns(event: ServerEvent): boolean;
  /** Ends it: nothing else is called after. */
  close(): void;
}

export interface Feeds {
  open(options: LookOptions): Feed;
}

/** What the listeners to one run, or to everything, share. */
interface Topic {
  look: Look;
  /** Texts of the last looks, the oldest with the number `first`. */
  texts: string[];
  first: number;
  letters: number;
  readers: number;
  looking: Promise<void> | undefined;
}

export function createFeeds({ db, clock }: Pick<ServerContext, "db" | "clock">): Feeds {
  const topics = new Map<string | null, Topic>();

  function join(flowRunId: string | null, q: Reader): Topic {
    const known = topics.get(flowRunId);
    if (known) {
      known.readers += 1;
      return known;
    }
    const look = createLook(clock, { flowRunId, lastEventId: null });
    look.next(q); // the greeting of a single listener
    const topic: Topic = { look, texts: [], first: 0, letters: 0, readers: 1, looking: undefined };
    topics.set(flowRunId, topic);
    return topic;
  }

  function leave(flowRunId: string | null, topic: Topic): void {
    topic.readers -= 1;
    if (topic.readers === 0) topics.delete(flowRunId);
  }

  /** Those that ask during a look share it. */
  function advanceOnce(topic: Topic): Promise<void> {
    topic.looking ??= db
      .read((q) => {
        advance(topic, q);
      })
      .finally(() => {
        topic.looking = undefined;
      });
    return topic.looking;
  }

  return {
    open(options) {
      const { flowRunId } = options;
      let own: Look | undefined = createLook(clock, options);
      let topic: Topic | undefined;
      let at = 0;

      /** Both looks in one read, so that they end at the same row: from there on the shared texts are this listener's too. */
      function catchUp(look: Look, q: Reader): string {
        topic ??= join(flowRunId, q);
        const isAdvanced = advance(topic, q);
        const { text, isAll } = look.next(q);
        if (isAdvanced && isAll) own = undefined;
        at = endOf(topic);
        return text;
      }

      return {
        async next() {
          const look = own;
          if (look || !topic) return look ? db.read((q) => catchUp(look, q)) : "";
          if (at === endOf(topic)) await advanceOnce(topic);
          if (at < topic.first) throw new Error("The events are not read.");
          const text = topic.texts.slice(at - topic.first).join("");
          at = endOf(topic);
          return text;
        },
        heartbeat: () => (own ?? topic?.look)?.heartbeat() ?? "",
        concerns: (event) => concerns(event, flowRunId),
        close() {
          if (topic) leave(flowRunId, topic);
          topic = undefined;
        },
      };
    },
  };
}

/** Looks once more; false when there may be more than was read. */
function advance(topic: Topic, q: Reader): boolean {
  const { text, isAll } = topic.look.next(q);
  if (text === "") return isAll;
  topic.texts.push(text);
  topic.letters += text.length;
  while (topic.letters > MOST_EVENT_LETTERS && topic.texts.length > 1) {
    topic.letters -= topic.texts.shift()?.length ?? 0;
    topic.first += 1;
  }
  return isAll;
}

function endOf({ first, texts }: Topic): number {
  return first + texts.length;
}

function concerns(event: ServerEvent, flowRunId: string | null): boolean {
  if (event.type === "foreign-write") return true;
  if (flowRunId === null) return event.type !== "logs-stored";
  if (event.type === "logs-stored") return event.flow_run_ids.has(flowRunId);
  return "flow_run_id" in event && event.flow_run_id === flowRunId;
}
