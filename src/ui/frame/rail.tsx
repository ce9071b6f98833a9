// Draws the rail: all places, and beside Runs how many are late now. Its width is the reader's.
import { BookOpen } from "lucide-preact";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import { to } from "../data/base.ts";
import { useQuery } from "../data/query.ts";
import { remembered } from "../data/storage.ts";
import { linkTo } from "../parts/address.ts";
import { Icon } from "../parts/icon.tsx";
import { ResizeHandle, sizeOf } from "../parts/resize-handle.tsx";
import { PLACES, placeOf } from "./places.ts";

/** By the type too, which has an index: names alone are looked for in all runs. */
const LATE = { flow_runs: { state: { type: { any_: ["SCHEDULED" as const] }, name: { any_: ["Late"] } } } };

const width = remembered("rail-width");
const USUAL = 200;
const [LEAST, MOST] = [140, 400];

/** In pixels. */
export function railWidth(): number {
  return sizeOf(width, USUAL);
}

export function Rail() {
  const { path } = useLocation();
  const late = useQuery("countFlowRuns", { body: LATE }).data ?? 0;
  return (
    <nav class="rail" aria-label="Places">
      <a class="brand" href={to(pages.runs())}>
        orch
      </a>
      <ul>
        {PLACES.map((place) => {
          const { title, page, icon } = place;
          const isHere = place === placeOf(path);
          const isLate = page === pages.runs() && late > 0;
          return (
            <li key={page}>
              <a
                href={isLate && isHere ? linkTo(to(page), { state: "Late" }) : to(page)}
                aria-current={isHere ? "page" : undefined}
              >
                <Icon of={icon} />
                {title}
                {isLate && (
                  <span class="count" title={`${late} late now`}>
                    {late} late
                  </span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
      <ul class="end">
        <li>
          <a href={to(pages.apiReference())} aria-current={path === to(pages.apiReference()) ? "page" : undefined}>
            <Icon of={BookOpen} />
            API reference
          </a>
        </li>
      </ul>
      <ResizeHandle size={width} usual={USUAL} least={LEAST} most={MOST} edge="right" label="Width of the rail" />
    </nav>
  );
}
