// Shows tags; with `hrefOf` each leads to the list that it filters.

export interface TagsProps {
  tags: readonly string[];
  hrefOf?: (tag: string) => string;
  /** In a row so many are shown, and the others are counted; elsewhere, as beside the list, all are shown. */
  most?: number;
}

const SCHEDULED = "auto-scheduled";

export function Tags({ tags, hrefOf, most = tags.length }: TagsProps) {
  if (tags.length === 0) return null;
  // What the scheduler adds to each of its runs says the least.
  const sorted = tags.toSorted((a, b) => Number(a === SCHEDULED) - Number(b === SCHEDULED));
  const others = sorted.slice(most);
  return (
    <span class="tags">
      {sorted.map((tag, at) =>
        hrefOf ? (
          <a class={classOf(at, most)} href={hrefOf(tag)} key={tag} title={`Show only '${tag}'`}>
            {tag}
          </a>
        ) : (
          <span class={classOf(at, most)} key={tag} title={tag}>
            {tag}
          </span>
        ),
      )}
      {others.length > 0 && (
        <span class="tag more" title={others.join(", ")}>
          +{others.length}
        </span>
      )}
    </span>
  );
}

function classOf(at: number, most: number): string {
  return at < most ? "tag" : "tag is-over";
}
