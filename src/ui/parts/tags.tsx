// Shows tags; with `hrefOf` each leads to the list that it filters.

export interface TagsProps {
  tags: readonly string[];
  hrefOf?: (tag: string) => string;
}

const SCHEDULED = "auto-scheduled";

export function Tags({ tags, hrefOf }: TagsProps) {
  if (tags.length === 0) return null;
  // What the scheduler adds to each of its runs says the least.
  const shown = tags.toSorted((a, b) => Number(a === SCHEDULED) - Number(b === SCHEDULED));
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
    </span>
  );
}
