// Shows the exact moment of every time on the page when the pointer comes to it. Most times of a list are never
// hovered, and the zone name in a title is expensive to compute: see `browserClock`.
import { toMillis } from "#lib/time/timestamps.ts";
import { timeText } from "../../data/zone.ts";

/** `data-hint` of a time says what a press does. */
export function showExactTimes(): void {
  document.addEventListener("pointerover", ({ target }) => {
    const time = target instanceof Element && target.closest("time");
    if (!time || time.dateTime === "") return;
    const exact = timeText(toMillis(time.dateTime), "exact");
    time.title = time.dataset["hint"] ? `${exact}: ${time.dataset["hint"]}` : exact;
  });
}
