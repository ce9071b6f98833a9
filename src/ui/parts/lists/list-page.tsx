// Draws a page that lists records, all in one frame: title with count, actions, filters, list, and what is done with picked rows.
import { Trash2 } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { numberText } from "#lib/text/words-of-numbers.ts";
import type { Query } from "../../data/query.ts";
import { Button } from "../button.tsx";
import { PageHead } from "../page-head.tsx";
import { useAddress } from "../use-address.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { NothingFound } from "./empty.tsx";
import { ClearFilters, FilterBar, SearchFilter } from "./filter-bar.tsx";
import { List, type ListProps } from "./list.tsx";
import { Loaded } from "./loaded.tsx";
import { usePicked } from "./picked.ts";

/** Records of one read. */
export const MOST = 200;

type Shown = "columns" | "idOf" | "hrefOf" | "onOpen" | "menu" | "usualSort";

export interface ListingProps<Row> extends Pick<ListProps<Row>, Shown> {
  /** What the list holds, read aloud: "Flows". */
  label: string;
  /** The read that the rows come from. */
  of: Query<unknown>;
  rows: readonly Row[];
  /** What the field for searching says: "Search names". Its text is `search` in the address. */
  search?: string;
  /** More filters, between the field and `Clear`, and their names in the address. */
  filters?: ComponentChildren;
  filterNames?: readonly string[];
  /** Shown where there is no record, though nothing is filtered. */
  empty: ComponentChildren;
  /** Asks, and deletes: resolves to whether it did. Rows can be picked then. */
  remove?: (rows: Row[]) => Promise<boolean>;
}

export interface ListPageProps<Row> extends ListingProps<Row> {
  /** How many records there are, where `rows` is not all of them. */
  count?: number | undefined;
  /** At the end of the title's line. */
  actions?: ComponentChildren;
}

/** A whole page. */
export function ListPage<Row>({ count, actions, ...listing }: ListPageProps<Row>) {
  const { label, of: query, rows } = listing;
  const known = count ?? (query.data === undefined ? undefined : rows.length);
  return (
    <>
      <PageHead title={label} actions={actions}>
        {known !== undefined && (
          <span class="quiet">
            {numberText(known)}
            {count === undefined && known === MOST && " or more"}
          </span>
        )}
      </PageHead>
      <Listing {...listing} />
    </>
  );
}

/** The same without a title, for a tab. */
export function Listing<Row>(props: ListingProps<Row>) {
  const { of: query, rows, search, filters, filterNames = [], empty, remove, ...list } = props;
  const address = useAddress();
  const picked = usePicked();
  const names = [...(search === undefined ? [] : ["search"]), ...filterNames];
  const isFiltered = names.some((name) => address.all(name).length > 0);
  const unfiltered = address.with(Object.fromEntries(names.map((name) => [name, null])));
  return (
    <>
      {names.length > 0 && (
        <FilterBar>
          {search !== undefined && <SearchFilter label={search} />}
          {filters}
          <ClearFilters names={names} />
        </FilterBar>
      )}
      <Loaded of={query}>
        {() => {
          if (rows.length > 0) return <List {...list} {...{ rows, isOld: query.isOld }} {...(remove && { picked })} />;
          return isFiltered ? <NothingFound clearHref={unfiltered} /> : empty;
        }}
      </Loaded>
      {remove && (
        <BulkBar picked={picked}>
          <Button
            kind="danger"
            icon={Trash2}
            onClick={async () => {
              if (await remove(rows.filter((row) => picked.has(list.idOf(row))))) picked.clear();
            }}
          >
            Delete
          </Button>
        </BulkBar>
      )}
    </>
  );
}
