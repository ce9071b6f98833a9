// Says how long an agent may be silent before it counts as gone: it holds a request for a minute at most, and then asks again.

/** A queue that was not asked for work for longer has no agent. */
export const AGENT_SILENCE_MS = 75_000;
