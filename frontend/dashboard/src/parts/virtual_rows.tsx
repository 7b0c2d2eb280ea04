import { type ColumnDef, type RowData, tableFeatures, useTable } from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import classes from "./virtual_rows.module.css";

export const features = tableFeatures({});
export type Column<Row extends RowData> = ColumnDef<typeof features, Row>;

interface VirtualRowsProps<Row extends RowData> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  /** Total number of rows, if known, for assistive technology. */
  total?: number;
  /** The widths of the columns, as `grid-template-columns`. */
  widths: string;
  /** The columns that a card shows on a phone, two in a line. */
  onCards: string[];
  keyOf: (row: Row) => string;
  sorted?: string;
  more: boolean;
  loadMore: () => void;
  waiting?: ReactNode;
}

const ROW = 45;
const CARD = 69;
const NEAR = 20;

/** A table of any length: only the rows in sight are in the page. On a phone each row is a card. */
export function VirtualRows<Row extends RowData>(props: VirtualRowsProps<Row>) {
  const { columns, rows, more, loadMore } = props;
  const table = useTable({ features, columns, data: rows, getRowId: props.keyOf });
  const body = useRef<HTMLDivElement>(null);
  const [above, setAbove] = useState(0);
  const isNarrow = useNarrow();
  useLayoutEffect(() => {
    setAbove((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  });
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (isNarrow ? CARD : ROW),
    overscan: 12,
    scrollMargin: above,
    getItemKey: (index) => table.getRowModel().rows[index]?.id ?? index,
  });
  const { measure } = virtual;
  useEffect(() => {
    if (isNarrow !== undefined) measure(); // a card is higher than a row
  }, [isNarrow, measure]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - NEAR) loadMore();
  }, [more, last, rows.length, loadMore]);
  const widths = { "--widths": props.widths } as CSSProperties;
  // Rows that are out of sight are not in the page, so these are divisions with the roles of a table.
  return (
    <div>
      <div
        role="table"
        aria-label={props.label}
        aria-rowcount={props.total ?? -1}
        className={classes.table}
        style={widths}
      >
        <div role="rowgroup" className={classes.head}>
          {table.getHeaderGroups().map((group) => (
            <div role="row" key={group.id} className={classes.row}>
              {group.headers.map((header) => (
                <div
                  role="columnheader"
                  key={header.id}
                  className={classes.cell}
                  aria-sort={header.column.id === props.sorted ? "descending" : undefined}
                >
                  <table.FlexRender header={header} />
                </div>
              ))}
            </div>
          ))}
        </div>
        <div role="rowgroup" ref={body} className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = table.getRowModel().rows[item.index];
            if (!row) return null;
            return (
              <div
                role="row"
                key={item.key}
                data-index={item.index}
                ref={virtual.measureElement}
                aria-rowindex={item.index + 2}
                className={classes.row}
                style={{ transform: `translateY(${item.start - above}px)` }}
              >
                {row.getAllCells().map((cell) => (
                  <div
                    role="cell"
                    key={cell.id}
                    className={classes.cell}
                    data-wide={props.onCards.includes(cell.column.id) ? undefined : true}
                  >
                    <table.FlexRender cell={cell} />
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {more && (
        <div className={classes.waiting} role="status">
          {props.waiting}
        </div>
      )}
    </div>
  );
}

function useNarrow(): boolean {
  const query = "(max-width: 48rem)";
  const [narrow, setNarrow] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const follow = () => setNarrow(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  return narrow;
}
