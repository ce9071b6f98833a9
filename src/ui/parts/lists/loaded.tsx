// Shows what a query answered; before that a skeleton, and when the read failed a sentence above what was read before, or alone
// where there is no such record.
import type { ComponentChildren } from "preact";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { moment } from "../../data/clock.ts";
import type { Query } from "../../data/query.ts";
import { Button } from "../button.tsx";
import { NotFound } from "../not-found.tsx";
import { PageHead } from "../page-head.tsx";
import { PageSkeleton, Skeleton } from "./skeleton.tsx";

export interface LoadedProps<T> {
  of: Query<T>;
  /**
   * What the whole page shows, as in "There is no flow run at this address.": until it is there the page has a head of its own.
   * Without it the page has one already, and a missing record is a failure as any other.
   */
  record?: string;
  children: (data: T & {}) => ComponentChildren;
}

export function Loaded<T>({ of: query, record, children }: LoadedProps<T>) {
  const { data, error } = query;
  if (data !== undefined && data !== null)
    return (
      <>
        <ReadFault of={query} />
        {children(data)}
      </>
    );
  if (!error) return record ? <PageSkeleton /> : <Skeleton />;
  if (!record) return <ReadFault of={query} />;
  if (error.status === 404)
    return <NotFound what={`There is no ${record} at this address. It may have been deleted.`} />;
  return (
    <>
      <PageHead title="Not loaded" />
      <ReadFault of={query} />
    </>
  );
}

/** Says in place that a read failed, how old the shown data are, and offers to try again. */
export function ReadFault({ of: query }: { of: Query<unknown> }) {
  if (!query.error) return null;
  const { data, error, readAt, reload } = query;
  const age = data === undefined || readAt === 0 ? "" : ` This was read ${relativeTime(readAt, moment.value)}.`;
  return (
    <div class="notice bad" role="alert">
      <span>
        {error.message}
        {age}
      </span>
      <Button isSmall class="push" onClick={reload}>
        Try again
      </Button>
    </div>
  );
}
