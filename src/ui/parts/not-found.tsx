// Says that an address has no page, or its record is gone, and leads to the list that it would be in.
import { useLocation } from "preact-iso";
import { to } from "../data/base.ts";
import { PLACES, placeOf } from "../frame/places.ts";
import { PageHead } from "./page-head.tsx";

export function NotFound({ what = "There is no page at this address." }: { what?: string }) {
  const { path } = useLocation();
  const place = placeOf(path) ?? PLACES[0];
  return (
    <>
      <PageHead title="Not found" />
      <div class="stack">
        <p>{what}</p>
        {place && (
          <p>
            <a class="link" href={to(place.page)}>
              Go to {place.title}
            </a>
          </p>
        )}
      </div>
    </>
  );
}
