// Finds what a form has changed, so that it sends that alone: another reader may have changed the rest meanwhile.
import { isSame } from "./schema/schema.ts";

/** The entries of `given` that differ from those the form was opened with. */
export function changedIn<Given extends object>(given: Given, opened: object): Partial<Given> {
  const before = new Map(Object.entries(opened));
  const entries = Object.entries(given).filter(([name, value]) => !isSame(value, before.get(name)));
  return Object.fromEntries(entries) as Partial<Given>; // entries of it
}
