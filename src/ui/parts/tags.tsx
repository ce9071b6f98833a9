// Shows tags; with `hrefOf` each leads to the list that it filters.

export interface TagsProps {
  tags: readonly string[];
  hrefOf?: (tag: string) => string;
}

export function Tags({ tags, hrefOf }: TagsProps) {
  if (tags.length === 0) return null;
  return (
    <span class="tags">
      {tags.map((tag) =>
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
