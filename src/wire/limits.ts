// Names the limits that keep one request or one stored text from holding the server up. Each is one number with its unit
// and its source; the sentence of a refusal says which was passed.

/** Letters of a recurrence rule: Prefect 2.10.4's `MAX_RRULE_LENGTH`. */
export const MOST_RRULE_LETTERS = 6500;

/** Letters of a cron string. All numbers of all six fields take 520; croniter has no limit. */
export const MOST_CRON_LETTERS = 6500;

/** Dates that a rule with `COUNT` may have when they have to be counted one by one. */
export const MOST_COUNTED_DATES = 50_000;

/**
 * Steps of one expansion of a schedule: days looked at, times of day passed over, dates compared. A step takes 0.1 to 0.2 µs,
 * so an expansion takes at most 50 ms, and 100 ms on a busy machine; ordinary schedules take fewer than 3,000.
 */
export const MOST_SCHEDULE_STEPS = 250_000;

/** Days that a schedule is looked through for its next date where the request names no end: 50 years, as croniter. */
export const MOST_SCHEDULE_DAYS = 50 * 366;

/** Listeners of `/api/orch/events` at once; one more gets 503. Each has a socket and costs about 20 µs an event. */
export const MOST_LISTENERS = 200;

/** Letters of events kept for the listeners of one topic; one further behind is disconnected, and resumes by its last id. */
export const MOST_EVENT_LETTERS = 1_000_000;

/** Requests held with `Prefer: wait` at once; one more gets 503, and its client asks again. An agent holds one or two. */
export const MOST_HELD_REQUESTS = 2_000;
