// Fills an empty page with what would fill it: a sentence and the one command.
import type { ComponentChildren } from "preact";
import { Command } from "./command.tsx";

export interface EmptyProps {
  title: string;
  children?: ComponentChildren;
  command?: string;
}

export function Empty({ title, children, command }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children && <p class="quiet">{children}</p>}
      {command && <Command>{command}</Command>}
    </div>
  );
}

/** For a list whose filters leave nothing. */
export function NothingFound({ clearHref }: { clearHref: string }) {
  return (
    <div class="empty">
      <h2>Nothing matches the filters.</h2>
      <a class="link" href={clearHref}>
        Clear the filters
      </a>
    </div>
  );
}
