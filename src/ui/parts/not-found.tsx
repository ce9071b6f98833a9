// Says that an address has no page, or a record is gone.
import { pages } from "#lib/page-addresses.ts";
import { to } from "../data/base.ts";
import { PageHead } from "./page-head.tsx";

export function NotFound({ what = "There is no page at this address." }: { what?: string }) {
  return (
    <>
      <PageHead title="Not found" />
      <div class="empty">
        <p>{what}</p>
        <a class="link" href={to(pages.runs())}>
          Go to the runs
        </a>
      </div>
    </>
  );
}
