// Draws a list of records as a table: sorted by its heads, windowed, with the keys j k Enter Space x, and rows to pick.
import { ArrowDown, ArrowUp } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useAddress } from "./address.ts";
import { Icon } from "./icon.tsx";
import { ROW_HEIGHT, useListKeys } from "./list-keys.ts";
import type { Picked } from "./picked.ts";
import { useRowsInView } from "./window.ts";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Of the table: "30%", "120px". Without it what is left. */
  width?: string;
  isEndAligned?: boolean;
  /** When it gives way: `second` on narrow screens, `third` already on middling ones. */
  gives?: "second" | "third";
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
  /** What Space does: shows the row beside the list, by a name in the address. */
  onPeek?: (row: Row) => void;
  /** Rows can be picked (`usePicked`) for the actions of a `BulkBar`. */
  picked?: Picked;
  /** The menu at the end of a row. */
  menu?: (row: Row) => ComponentChildren;
  /** The rows answer the filters before: they are drawn paler. */
  isOld?: boolean;
  /** The value of `sort` while the address has none. */
  usualSort?: string;
}

export function List<Row>(props: ListProps<Row>) {
  const { rows, columns, idOf, label, picked, menu, isOld } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const view = useRowsInView(body, rows.length, ROW_HEIGHT);
  const keys = useListKeys(props, body, view);
  const ids = rows.flatMap((row) => idOf(row)); // holes of rows that were not read are passed over
  return (
    <div class={`list ${isOld ? "is-old" : ""}`}>
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
            {columns.map((column) => (
              <Head column={column} usualSort={props.usualSort} key={column.title} />
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
            const row = rows[index];
            // Of a long list only what is near the screen has been read.
            if (row === undefined)
              return <Coming key={index} cells={columns.length + (picked ? 1 : 0) + (menu ? 1 : 0)} />;
            return <Line key={idOf(row)} {...props} {...{ row, index }} at={keys.at} />;
          })}
          {view.after > 0 && <tr style={{ height: `${view.after}px` }} />}
        </tbody>
      </table>
    </div>
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
}

function Line<Row>({ row, index, at, columns, idOf, picked, menu }: LineProps<Row>) {
  const id = idOf(row);
  const isPicked = picked?.has(id) ?? false;
  return (
    <tr
      class={`row ${isPicked ? "is-picked" : ""}`}
      data-row={index}
      aria-rowindex={index + 2}
      tabIndex={index === Math.max(at, 0) ? 0 : -1}
    >
      {picked && (
        <td class="pick">
          <input type="checkbox" aria-label="Pick" checked={isPicked} onChange={() => picked.toggle(id)} />
        </td>
      )}
      {columns.map(({ title, cell, isEndAligned, gives = "" }) => (
        <td class={`${gives} ${isEndAligned ? "end-aligned" : ""}`} key={title}>
          {cell(row)}
        </td>
      ))}
      {menu && <td class="menu-cell">{menu(row)}</td>}
    </tr>
  );
}

function Head<Row>({ column, usualSort }: { column: Column<Row>; usualSort?: string | undefined }) {
  const { title, width, isEndAligned, gives = "", sort } = column;
  const address = useAddress();
  const now = address.one("sort") ?? usualSort;
  const direction = sort && (now === sort.up ? "ascending" : now === sort.down ? "descending" : undefined);
  const next = sort && (now === sort.up ? sort.down : sort.up);
  return (
    <th
      scope="col"
      class={`${gives} ${isEndAligned ? "end-aligned" : ""}`}
      style={width ? { width } : {}}
      aria-sort={direction ?? (sort ? "none" : undefined)}
    >
      {next === undefined ? (
        title
      ) : (
        <button type="button" onClick={() => address.set({ sort: next === usualSort ? null : next })}>
          {title}
          {direction && <Icon of={direction === "ascending" ? ArrowUp : ArrowDown} size={12} />}
        </button>
      )}
    </th>
  );
}
