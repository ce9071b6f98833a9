// Keeps the room of what is on its way: rows, or a whole page. It shows after 150 ms: what comes sooner needs none.

const WIDTHS = ["34%", "46%", "28%", "40%"];

export function Skeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div class="row-shape" key={row}>
          <span class="bar" style={{ width: WIDTHS[row % WIDTHS.length] }} />
        </div>
      ))}
    </div>
  );
}

/** Of the page of one record: its title and its actions above the rows. */
export function PageSkeleton() {
  return (
    <>
      <div class="skeleton page-head" aria-hidden="true">
        <span class="bar title-shape" />
        <span class="bar action-shape push" />
      </div>
      <Skeleton />
    </>
  );
}
