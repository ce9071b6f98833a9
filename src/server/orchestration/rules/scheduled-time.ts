// A run starts at its time: the time is carried from Scheduled to Pending, and Running has to wait for it.
import { toMillis } from "#lib/time/timestamps.ts";
import { type Rule, types } from "./rule.ts";

export const copyScheduledTime: Rule = {
  from: types("SCHEDULED"),
  to: types("PENDING"),
  before({ initial, proposed }) {
    proposed.state_details.scheduled_time ??= initial?.state_details.scheduled_time ?? null;
    return undefined;
  },
};

export const waitForScheduledTime: Rule = {
  from: types("SCHEDULED", "PENDING"),
  to: types("RUNNING"),
  before({ initial, now }) {
    const due = initial?.state_details.scheduled_time;
    if (!due || due <= now) return undefined;
    const delay_seconds = Math.max(1, Math.round((toMillis(due) - toMillis(now)) / 1000));
    return { status: "WAIT", delay_seconds, reason: "Scheduled time is in the future" };
  },
};
