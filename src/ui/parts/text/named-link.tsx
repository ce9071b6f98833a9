// Links to a record by its name, where a row knows its id alone.
import { pages } from "#lib/text/page-addresses.ts";
import { to } from "../../data/base.ts";
import { nameOf } from "../../data/names.ts";

export interface NamedLinkProps {
  kind: "flow" | "deployment" | "flowRun" | "taskRun";
  /** Nothing is shown for `null`. */
  id: string | null | undefined;
}

export function NamedLink({ kind, id }: NamedLinkProps) {
  if (!id) return null;
  return (
    <a class="link" href={to(pages[kind](id))}>
      {nameOf(kind, id) ?? "…"}
    </a>
  );
}
