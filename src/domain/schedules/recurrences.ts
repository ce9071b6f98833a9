// The library of recurrences, read when a schedule first has a rule: an engine or a command never does.
import type * as Rrule from "rrule";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import asset from "../../../dist/assets/recurrences.asset" with { type: "file" };

export function recurrences(): typeof Rrule {
  return embeddedLibrary<typeof Rrule>(asset);
}
