// Says that the variable TZ names no time zone: the runtime then shows all times in UTC, without a word.
import { existsSync } from "node:fs";
import { isUtcZone } from "#lib/time/zone.ts";

/** UTC by another name. */
const UTC_OFFSET = /^:?(?:.*\/)?(?:UTC|GMT)[+-]?0$/;

/** `zone`: the value of TZ. Returns a sentence, or undefined where it is a zone. */
export function oddZone(zone: string): string | undefined {
  // First the zones of the machine: to ask the runtime for those that are built in costs 3 ms.
  if (isUtcZone(zone) || UTC_OFFSET.test(zone) || existsSync(`/usr/share/zoneinfo/${zone.replace(/^:/, "")}`))
    return undefined;
  if (isKnown(zone.replace(/^:/, ""))) return undefined;
  return `TZ is '${zone}', which is no time zone: times are shown in UTC. Set TZ to a name such as Europe/Berlin, or unset it.`;
}

function isKnown(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
