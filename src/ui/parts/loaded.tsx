// Shows what a query answered; before that a skeleton, and when the read failed a sentence above what was read before, or alone
// where there is no such record.
import type { ComponentChildren } from "preact";
import { relativeTime } from "#lib/words-of-time.ts";
import { moment } from "../data/clock.ts";
import type { Query } from "../data/query.ts";
import { Button } from "./button.tsx";
import { NotFound } from "./not-found.tsx";
import { Skeleton } from "./skeleton.tsx";

export interface LoadedProps<T> {
  of: Query<T>;
  /** The shape to keep while it loads; rows of a list unless given. */
  skeleton?: ComponentChildren;
  children: (data: T & {}) => ComponentChildren;
}

export function Loaded<T>({ of: query, skeleton = <Skeleton />, children }: LoadedProps<T>) {
  const { data, error } = query;
  if (error?.status === 404 && (data === undefined || data === null)) return <NotFound what={error.message} />;
  return (
    <>
      {error && <ReadFault of={query} />}
      {data === undefined || data === null ? !error && skeleton : children(data)}
    </>
  );
}

/** Says in place that a read failed, how old the shown data are, and offers to try again. */
export function ReadFault({ of: { data, error, readAt, reload } }: { of: Query<unknown> }) {
  if (!error) return null;
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
