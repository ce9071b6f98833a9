// Keeps the room of rows that are on their way. It shows after 150 ms: what comes sooner needs none.

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
