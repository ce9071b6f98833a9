// Draws the head of a page: its one title, what stands beside it, and its actions; and names the tab after it.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

export interface PageHeadProps {
  title: string;
  /** Where the page lies: links before the title, as `report ›`. */
  crumbs?: { title: string; href: string }[];
  /** Beside the title: a state badge, a count, tags. */
  children?: ComponentChildren;
  /** At the end of the line: buttons, a menu. */
  actions?: ComponentChildren;
}

export function PageHead({ title, crumbs = [], children, actions }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · orch`;
  }, [title]);
  return (
    <header class="page-head">
      <h1>
        {crumbs.map((crumb) => (
          <span class="crumb nowrap" key={crumb.href}>
            <a class="cut" href={crumb.href} title={crumb.title}>
              {crumb.title}
            </a>
            {" ›"}
          </span>
        ))}
        <span>{title}</span>
      </h1>
      {children}
      {actions && <div class="line actions">{actions}</div>}
    </header>
  );
}
