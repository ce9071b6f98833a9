// Draws a list of records as a table: sorted by its heads, windowed, with the keys j k Enter Space x, and rows to pick.
import { ArrowDown, ArrowUp } from "lucide-preact";
import type { ComponentChildren, JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { isNarrow, rowHeights } from "../../data/rows.ts";
import { OPEN_ROW } from "../address.ts";
import { Icon } from "../icon.tsx";
import { Details } from "../text/details.tsx";
import { useAddress } from "../use-address.ts";
import { useListKeys } from "./list-keys.ts";
import { memo } from "./memo.ts";
import { Peek } from "./peek.tsx";
import type { Picked } from "./picked.ts";
import { useRowsInView } from "./window.ts";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Of the table: "30%", "120px". Without it what is left. */
  width?: string;
  isEndAligned?: boolean;
  /** When it gives way: `second` goes below the first column on narrow screens, `third` is left out on middling ones already. */
  gives?: "second" | "third";
  /** Below the first column its title is shown before it. */
  isNamedBelow?: boolean;
  /** Makes the head a way to sort: the address's `sort` when it goes up, and when it goes down. */
  sort?: { up: string; down: string };
}

export interface ListProps<Row> {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  idOf: (row: Row) => string;
  /** What the list holds, read aloud: "Flows". */
  label: string;
  /** Where Enter leads. */
  hrefOf?: (row: Row) => string;
  /** What Enter does where a row has no page: opens its dialog. */
  onOpen?: (row: Row) => void;
  /** What Space shows beside the list, of the row with this id; all its columns unless given. */
  peek?: (id: string) => ComponentChildren;
  /** Rows can be picked (`usePicked`) for the actions of a `BulkBar`. */
  picked?: Picked;
  /** The menu at the end of a row. */
  menu?: (row: Row) => ComponentChildren;
  /** The rows answer the filters before: they are drawn paler. */
  isOld?: boolean;
  /** The value of `sort` while the address has none. */
  usualSort?: string;
}

/** Of a list with these columns, as the screen is now. Pixels. */
export function rowHeightOf(columns: readonly { gives?: string }[]): number {
  const isTwo = isNarrow.value && columns.some(({ gives }) => gives === "second");
  return rowHeights.value[isTwo ? "two" : "one"];
}

export function List<Row>(props: ListProps<Row>) {
  const { rows, columns: all, idOf, label, picked, menu, isOld, hrefOf, peek } = props;
  const box = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const height = rowHeightOf(all);
  const view = useRowsInView(body, rows.length, height);
  const address = useAddress();
  const opened = address.one(OPEN_ROW);
  const row = opened === undefined ? undefined : rows.find((each) => each !== undefined && idOf(each) === opened);
  const isOpen = opened !== undefined && (row !== undefined || peek !== undefined);
  const keys = useListKeys({ ...props, opened: isOpen ? opened : undefined }, box, view);
  const ids = rows.flatMap((each) => idOf(each)); // holes of rows that were not read are passed over
  const isCut = isNarrow.value;
  const columns = useMemo(() => (isCut ? all.filter(({ gives }) => gives === undefined) : all), [all, isCut]);
  const below = useMemo(() => (isCut ? all.filter(({ gives }) => gives === "second") : NONE), [all, isCut]);
  return (
    <div class={`with-peek ${isOpen ? "is-open" : ""}`} ref={box}>
      <div class={`list ${isOld ? "is-old" : ""}`} style={{ "--row": `${height}px` }}>
        <table aria-label={label} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {picked && (
                <th class="pick" scope="col">
                  <input
                    type="checkbox"
                    aria-label="Pick all"
                    checked={ids.length > 0 && ids.every(picked.has)}
                    onChange={(event) => picked.set(event.currentTarget.checked ? ids : [])}
                  />
                </th>
              )}
              {columns.map((column, place) => (
                <Head
                  key={column.title}
                  column={column}
                  usualSort={props.usualSort}
                  // The first holds two lines then: it takes what is left.
                  hasWidth={place > 0 || !isNarrow.value}
                />
              ))}
              {menu && (
                <th scope="col" style={{ width: "40px" }}>
                  <span class="hidden-label">Actions</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={keys.onKeyDown}>
            {view.before > 0 && <tr style={{ height: `${view.before}px` }} />}
            {view.rows.map((index) => {
              const each = rows[index];
              // Of a long list only what is near the screen has been read.
              if (each === undefined)
                return <Coming key={index} cells={columns.length + (picked ? 1 : 0) + (menu ? 1 : 0)} />;
              const isRowOpen = isOpen && idOf(each) === opened;
              return (
                <Line
                  key={idOf(each)}
                  {...props}
                  {...{ row: each, index, columns, below, isRowOpen }}
                  at={keys.at}
                  onPeek={() => keys.peekAt(index)}
                />
              );
            })}
            {view.after > 0 && <tr style={{ height: `${view.after}px` }} />}
          </tbody>
        </table>
      </div>
      {isOpen && (
        <Peek label={`The open row of ${label}`} href={row && hrefOf?.(row)} onClose={keys.close}>
          {peek ? peek(opened) : row && <Facts row={row} columns={all} />}
        </Peek>
      )}
    </div>
  );
}

const NONE: readonly never[] = [];

function Facts<Row>({ row, columns: [first, ...others] }: { row: Row; columns: readonly Column<Row>[] }) {
  return (
    <>
      <h2>{first?.cell(row)}</h2>
      <Details facts={others.map(({ title, cell }) => [title, cell(row)] as const)} />
    </>
  );
}

function Coming({ cells }: { cells: number }) {
  return (
    <tr class="skeleton">
      <td colSpan={cells}>
        <span class="bar" style={{ width: "30%", display: "block" }} />
      </td>
    </tr>
  );
}

interface LineProps<Row> extends ListProps<Row> {
  row: Row;
  index: number;
  /** The row that the keys have reached. */
  at: number;
  /** Columns that are shown below the first. */
  below: readonly Column<Row>[];
  isRowOpen: boolean;
  onPeek: () => void;
}

/** What answers to a press itself. */
const OWN = "a, button, input, label, [popover]";

function Line<Row>({ row, index, at, columns, below, idOf, picked, menu, isRowOpen, onPeek }: LineProps<Row>) {
  const id = idOf(row);
  const isPicked = picked?.has(id) ?? false;
  const onClick = ({ target }: JSX.TargetedMouseEvent<HTMLElement>) => {
    if ((target as HTMLElement).closest(OWN) === null && getSelection()?.isCollapsed !== false) onPeek();
  };
  return (
    <tr
      class={`row ${isPicked ? "is-picked" : ""} ${isRowOpen ? "is-open" : ""}`}
      data-row={index}
      aria-rowindex={index + 2}
      aria-current={isRowOpen ? "true" : undefined}
      tabIndex={index === Math.max(at, 0) ? 0 : -1}
      onClick={onClick}
    >
      {picked && (
        <td class="pick">
          <input type="checkbox" aria-label="Pick" checked={isPicked} onChange={() => picked.toggle(id)} />
        </td>
      )}
      <Cells {...{ row, columns, below }} />
      {menu && <td class="menu-cell">{menu(row)}</td>}
    </tr>
  );
}

type CellsProps<Row> = Pick<LineProps<Row>, "row" | "columns" | "below">;

/** Of a row that has not changed they stay as they are. */
const Cells = memo(function Cells<Row>({ row, columns, below }: CellsProps<Row>) {
  return (
    <>
      {columns.map(({ title, cell, isEndAligned, gives = "" }, place) => (
        <td class={`${gives} ${isEndAligned ? "end-aligned" : ""}`} key={title}>
          {cell(row)}
          {place === 0 && below.length > 0 && <Below row={row} columns={below} />}
        </td>
      ))}
    </>
  );
});

function Below<Row>({ row, columns }: { row: Row; columns: readonly Column<Row>[] }) {
  return (
    <div class="below">
      {columns.map(({ title, cell, isNamedBelow }) => (
        <span class="cut" key={title}>
          {isNamedBelow && `${title} `}
          {cell(row)}
        </span>
      ))}
    </div>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  usualSort: string | undefined;
  hasWidth: boolean;
}

function Head<Row>({ column, usualSort, hasWidth }: HeadProps<Row>) {
  const { title, width, isEndAligned, gives = "", sort } = column;
  const address = useAddress();
  const now = address.one("sort") ?? usualSort;
  const direction = sort && (now === sort.down ? "descending" : now === sort.up ? "ascending" : undefined);
  // Where the server sorts by it in one way only, a second press goes back to what is usual.
  const turned = sort?.up === sort?.down ? usualSort : sort?.down;
  const next = now === sort?.up ? turned : sort?.up;
  const words = (
    <>
      {title}
      {direction && <Icon of={direction === "ascending" ? ArrowUp : ArrowDown} size={12} />}
    </>
  );
  return (
    <th
      scope="col"
      class={`${gives} ${isEndAligned ? "end-aligned" : ""}`}
      style={width && hasWidth ? { width } : {}}
      aria-sort={direction ?? (sort ? "none" : undefined)}
    >
      {next === undefined || next === now ? (
        direction ? (
          <span class="line">{words}</span>
        ) : (
          words
        )
      ) : (
        <button type="button" onClick={() => address.set({ sort: next === usualSort ? null : next })}>
          {words}
        </button>
      )}
    </th>
  );
}
