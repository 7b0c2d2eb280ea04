import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { Moment } from "~/parts/moment";
import { StateMark } from "~/parts/state_mark";
import { type Column, VirtualRows } from "~/parts/virtual_rows";
import { en } from "~/texts/en";
import type { Sort } from "./filters";
import type { ShownSession } from "./queries";
import classes from "./session_table.module.css";
import { deviceText, howText, personText, placeText, stateText, toneOf } from "./words";

interface SessionTableProps {
  rows: ShownSession[];
  total?: number;
  ended: boolean;
  sort: Sort;
  onSort: (sort: Sort) => void;
  more: boolean;
  loadMore: () => void;
}

const WIDTHS =
  "minmax(9rem,2.2fr) minmax(7.5rem,1.4fr) minmax(8rem,1.6fr) minmax(5rem,1fr) minmax(6rem,1.1fr) 5.75rem 6rem 5.75rem";

export function SessionTable(props: SessionTableProps) {
  const { ended, sort, onSort } = props;
  const columns = useMemo(() => columnsOf(ended, sort, onSort), [ended, sort, onSort]);
  return (
    <VirtualRows
      label={en.pages.sessions}
      columns={columns}
      rows={props.rows}
      total={props.total}
      widths={WIDTHS}
      onCards={["person", "state", "device", ended ? "ended" : "last_active"]}
      keyOf={(row) => row.id}
      sorted={sort}
      more={props.more}
      loadMore={props.loadMore}
      waiting={en.sessions.more}
    />
  );
}

function columnsOf(ended: boolean, sort: Sort, onSort: (sort: Sort) => void): Column<ShownSession>[] {
  const sortable = (name: Sort) => () => (
    <button
      type="button"
      className={classes.sort}
      data-sorted={sort === name || undefined}
      onClick={() => onSort(name)}
    >
      {en.sessions.columns[name]}
      <span aria-hidden>{sort === name ? " ↓" : ""}</span>
    </button>
  );
  return [
    {
      id: "person",
      header: en.sessions.columns.person,
      cell: ({ row: { original } }) => (
        <Link to="/sessions/$id" params={{ id: original.id }} className={classes.person}>
          {personText(original)}
        </Link>
      ),
    },
    {
      id: "state",
      header: en.sessions.columns.state,
      cell: ({ row: { original } }) => <StateMark tone={toneOf(original)}>{stateText(original)}</StateMark>,
    },
    { id: "device", header: en.sessions.columns.device, cell: ({ row: { original } }) => deviceText(original) },
    { id: "place", header: en.sessions.columns.place, cell: ({ row: { original } }) => placeText(original) },
    { id: "how", header: en.sessions.columns.how, cell: ({ row: { original } }) => howText(original) },
    {
      id: "created",
      header: sortable("created"),
      cell: ({ row: { original } }) => <Moment at={original.created_at} />,
    },
    {
      id: "last_active",
      header: sortable("last_active"),
      cell: ({ row: { original } }) => <Moment at={original.last_active_at} />,
    },
    {
      id: ended ? "ended" : "ends",
      header: ended ? sortable("ended") : en.sessions.columns.ends,
      cell: ({ row: { original } }) => <Ends session={original} />,
    },
  ];
}

/** When it ended or will end; nothing for a session that an older release has ended without a note of the time. */
function Ends({ session }: { session: ShownSession }) {
  const at = session.ended_at ?? session.ends_at;
  return at === null ? null : <Moment at={at} />;
}
