// Shows tags; with `hrefOf` each leads to the list that it filters.

export interface TagsProps {
  tags: readonly string[];
  hrefOf?: (tag: string) => string;
  /** In a row: so many are shown, the others are counted. */
  most?: number;
}

const SCHEDULED = "auto-scheduled";

export function Tags({ tags, hrefOf, most = tags.length }: TagsProps) {
  if (tags.length === 0) return null;
  // What the scheduler adds to each of its runs says the least.
  const sorted = tags.toSorted((a, b) => Number(a === SCHEDULED) - Number(b === SCHEDULED));
  const shown = sorted.slice(0, most);
  const others = sorted.slice(most);
  return (
    <span class="tags">
      {shown.map((tag) =>
        hrefOf ? (
          <a class="tag" href={hrefOf(tag)} key={tag} title={`Show only '${tag}'`}>
            {tag}
          </a>
        ) : (
          <span class="tag" key={tag} title={tag}>
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
