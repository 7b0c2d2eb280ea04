import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useMay } from "~/api/me";
import { Equal } from "~/parts/equal";
import { numberText } from "~/parts/format";
import { Page } from "~/parts/page";
import { Empty, Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { BatchDialog } from "./batch_dialog";
import { FilterBar } from "./filter_bar";
import { commandOf, filterOf, marksOf, type SessionSearch, type Sort, sortOf } from "./filters";
import { countQuery, sessionsQuery } from "./queries";
import { SessionTable } from "./session_table";

export function Sessions() {
  const search = useSearch({ from: "/sessions" }) as SessionSearch;
  const navigate = useNavigate();
  const change = useCallback(
    (next: SessionSearch) => void navigate({ to: "/sessions", search: next, replace: true, resetScroll: false }),
    [navigate],
  );
  const [ending, setEnding] = useState(false);
  const mayEnd = useMay("sessions.end");
  const ended = search.state === "ended";
  const isFiltered = marksOf(search).length > 0;
  return (
    <Page
      title={en.pages.sessions}
      intro={en.sessions.intro}
      wide
      actions={
        mayEnd &&
        !ended && (
          <Button variant="default" onClick={() => setEnding(true)}>
            {isFiltered ? en.sessions.end.filter : en.sessions.end.everybody}
          </Button>
        )
      }
    >
      <Stack gap="sm">
        <FilterBar search={search} onChange={change} />
        <Found search={search} change={change} />
        <Equal
          method="GET"
          path="/v1/admin/sessions"
          query={{ ...filterOf(search), sort: sortOf(search) }}
          command={commandOf(search)}
        />
      </Stack>
      <BatchDialog opened={ending} onClose={() => setEnding(false)} search={search} everybody={!isFiltered} />
    </Page>
  );
}

function Found({ search, change }: { search: SessionSearch; change: (search: SessionSearch) => void }) {
  const found = useInfiniteQuery(sessionsQuery(search));
  const count = useQuery(countQuery(search));
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.data) ?? [], [found.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = found;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const onSort = useCallback((sort: Sort) => change({ ...search, sort }), [search, change]);
  const isFiltered = marksOf(search).length > 0;
  if (found.isPending) return <RowsWaiting />;
  return (
    <Stack gap={6}>
      {found.error && <Trouble error={found.error} retry={() => void found.refetch()} />}
      <Group justify="space-between" mih={20}>
        <Text size="sm" c="dimmed" role="status">
          {count.data
            ? countText(count.data.total_count, count.data.is_exact)
            : count.error
              ? ""
              : en.sessions.counting}
        </Text>
      </Group>
      {rows.length === 0 && !found.error ? (
        <Empty title={isFiltered || search.state ? en.sessions.none : en.sessions.nobody}>
          {isFiltered || search.state ? en.sessions.noneHint : en.sessions.nobodyHint}
        </Empty>
      ) : (
        <SessionTable
          rows={rows}
          total={count.data?.is_exact ? count.data.total_count + 1 : undefined}
          ended={search.state === "ended"}
          sort={sortOf(search)}
          onSort={onSort}
          more={hasNextPage}
          loadMore={loadMore}
        />
      )}
    </Stack>
  );
}

export function countText(count: number, exact = true): string {
  return count === 1 ? en.sessions.countOne : en.sessions.count(numberText(count), exact);
}

function RowsWaiting() {
  return (
    <Stack gap={6} role="status" aria-label={en.states.loading}>
      <Skeleton height={20} width={120} />
      {[1, 2, 3, 4, 5, 6, 7, 8].map((row) => (
        <Skeleton key={row} height={44} radius={4} />
      ))}
    </Stack>
  );
}
