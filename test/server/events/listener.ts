// Reads server-sent events as a browser does, and waits for those a test is after.

export interface Heard {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

export interface Listener {
  /** All so far. */
  heard: Heard[];
  /** The last id, as the browser would send it after a reconnect: heartbeats carry one too. */
  lastId(): string;
  /** Resolves once that many events of a name were heard, with them. */
  until(event: string, count: number): Promise<Heard[]>;
  /** Resolves when the answer has ended, with the comments that were sent. */
  ended: Promise<string[]>;
  close(): Promise<void>;
}

export function listenTo(response: Response): Listener {
  if (!response.body) throw new Error("an answer without a body");
  const reader = response.body.getReader();
  const heard: Heard[] = [];
  const comments: string[] = [];
  let lastId = "";
  let isNew = Promise.withResolvers<void>();

  function take(block: string): void {
    const fields: Record<string, string> = {};
    for (const line of block.split("\n")) {
      const [, name = "", value = ""] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
      if (name === "") comments.push(value);
      else fields[name] = value;
    }
    lastId = fields["id"] ?? lastId;
    if (fields["data"] !== undefined) {
      heard.push({ id: lastId, event: fields["event"] ?? "message", data: JSON.parse(fields["data"]) });
    }
  }

  async function read(): Promise<string[]> {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return comments;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) take(block);
      isNew.resolve();
      isNew = Promise.withResolvers();
    }
  }

  const ended = read();
  ended.catch(() => {});
  return {
    heard,
    lastId: () => lastId,
    async until(event, count) {
      for (;;) {
        const found = heard.filter((one) => one.event === event);
        if (found.length >= count) return found;
        await Promise.race([isNew.promise, ended.then(() => Promise.reject(new Error(`ended before ${event}`)))]);
      }
    },
    ended,
    close: () => reader.cancel(),
  };
}
