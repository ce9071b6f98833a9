// Durations travel as seconds. What the old server accepted: a number, `[D ]HH:MM:SS[.f]` or ISO-8601 (`PT1H`).

const CLOCK = /^(-)?(?:(\d+)(?: days?,?)? )?(\d+):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/;
const ISO =
  /^(-)?P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Text of a duration to seconds, or `null` when it is none. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed !== "" && !Number.isNaN(Number(trimmed))) return Number(trimmed);
  const clock = CLOCK.exec(trimmed);
  if (clock) {
    const [, sign, days = 0, hours, minutes, seconds = 0] = clock;
    return signed(sign, Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
  }
  const iso = ISO.exec(trimmed);
  if (!iso || /[PT]$/.test(trimmed)) return null;
  const [, sign, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = iso;
  const total = Number(weeks) * 604_800 + Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60;
  return signed(sign, total + Number(seconds));
}

function signed(sign: string | undefined, seconds: number): number {
  return sign === "-" ? -seconds : seconds;
}
