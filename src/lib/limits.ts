// Names the limits on what a request may bring, in one place. The sentence of a refusal says which was passed, and its number.
// They keep a request from stopping the server for more than 100 ms, or from taking more than some times its own size.

const KB = 1024;
const MB = 1024 * KB;

/** Of one body. Batches of logs have 4 MB at most. */
export const MOST_BODY_BYTES = 8 * MB;
/** Of all bodies that are under way at the same time. */
export const MOST_BODIES_BYTES = 64 * MB;
/** From here on a body is read piece by piece, counted and timed, and checked in steps. */
export const LARGE_BODY_BYTES = 64 * KB;
/** In which a large body has to arrive. */
export const MOST_BODY_SECONDS = 60;

/** Deeper than this no value is stored: SQLite and Python's reader stop at 1,000 levels, with what is around it. */
export const MOST_LEVELS = 500;
/** Of a whole text: a value of the deepest kind, and what is around it in a body or an answer. */
export const MOST_TEXT_LEVELS = 600;
/** Of a body: its numbers, texts, lists, objects, … all together. */
export const MOST_VALUES = 200_000;
/** Of one list in a body, a filter's too. */
export const MOST_ITEMS = 50_000;
/** Of the text that a filter searches for. */
export const MOST_PATTERN_LENGTH = 5_000;

/** Characters of the rows of one answer; beyond it is refused. */
export const MOST_ANSWER_LENGTH = 32 * MB;
/** Longer answers are made in a thread beside the server's own, and packed there. */
export const LONG_ANSWER_LENGTH = 2 * MB;

/** Faults that a 422 lists. */
export const MOST_FAULTS = 100;
/** Of a list that is longer, only the first fault is looked for. */
export const LONG_LIST = 100;
/** Of a body that a 422 repeats. */
export const MOST_ECHO_LENGTH = 10_000;
/** Of one sentence of a refusal. */
export const MOST_SENTENCE_LENGTH = 2_000;
/** Of a text of the caller that a sentence repeats. */
export const MOST_QUOTED_LENGTH = 500;

/** Letters of a recurrence rule: Prefect 2.10.4's `MAX_RRULE_LENGTH`. */
export const MOST_RRULE_LETTERS = 6500;

/** Letters of a cron string. All numbers of all six fields take 520; croniter has no limit. */
export const MOST_CRON_LETTERS = 6500;

/** Days of an interval: Python's greatest `timedelta`. */
export const MOST_INTERVAL_DAYS = 999_999_999;

/** Dates that a rule with `COUNT` may have when they have to be counted one by one. */
export const MOST_COUNTED_DATES = 50_000;

/**
 * Steps of one expansion of a schedule: days looked at, times of day passed over, dates compared. A step takes 0.1 to 0.2 µs,
 * so an expansion takes at most 50 ms, and 100 ms on a busy machine; ordinary schedules take fewer than 3,000.
 */
export const MOST_SCHEDULE_STEPS = 250_000;

/** Schedules of one deployment: each is expanded once a minute. */
export const MOST_SCHEDULES = 100;

/** Days that a schedule is looked through for its next date where the request names no end: 50 years, as croniter. */
export const MOST_SCHEDULE_DAYS = 50 * 366;

/** Listeners of `/api/orch/events` at once; one more gets 503. Each has a socket and costs about 20 µs an event. */
export const MOST_LISTENERS = 200;

/** Letters of events kept for the listeners of one topic; one further behind is disconnected, and resumes by its last id. */
export const MOST_EVENT_LETTERS = 1_000_000;

/** Requests held with `Prefer: wait` at once; one more gets 503, and its client asks again. An agent holds one or two. */
export const MOST_HELD_REQUESTS = 2_000;

/** Checks of a small value against a JSON schema, all branches together: schemas that name each other twice would need 2^50. */
export const MOST_SCHEMA_STEPS = 10_000;

/** Documents that one block document may be made of: blocks in blocks multiply where one is named twice. */
export const MOST_BLOCKS_IN_BLOCK = 200;

/** Letters that one message, or one job, gets from the values of its template. */
export const MOST_FILLED_LETTERS = 1_000_000;

export const TOO_LARGE = `The body is larger than ${MOST_BODY_BYTES / MB} MB.`;
export const TOO_MUCH = `Bodies of ${MOST_BODIES_BYTES / MB} MB are being received already: try again later.`;
export const TOO_SLOW = `The body has not come within ${MOST_BODY_SECONDS} seconds.`;

/** `rows`: those that fit. */
export function tooLongAnswer(rows: number): string {
  const most = `${MOST_ANSWER_LENGTH / MB} MB`;
  return `The answer would be larger than ${most}: ask for ${Math.max(rows, 1)} rows at most ('limit'), or for others.`;
}

/** At most so many characters; the cut is shown, and never within a character of two halves. */
export function shortened(text: string, most = MOST_QUOTED_LENGTH): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}… (${text.length - most} more characters)`;
}
