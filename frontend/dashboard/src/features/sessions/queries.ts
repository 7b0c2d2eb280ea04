import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answered, api } from "~/api/api";
import type { components, paths } from "~/api/schema";
import { batchOf, filterOf, type SessionSearch, sortOf } from "./filters";

export type ShownSession = components["schemas"]["ShownSession"];
export type SessionBatch = components["schemas"]["ShownSessionBatch"];

type Query = NonNullable<paths["/v1/admin/sessions"]["get"]["parameters"]["query"]>;

const AT_ONCE = 100;

export const sessionsQuery = (search: SessionSearch) =>
  infiniteQueryOptions({
    queryKey: ["sessions", "list", search],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const place = pageParam ? { cursor: pageParam } : {};
      const query = { ...filterOf(search), sort: sortOf(search), limit: AT_ONCE, ...place } as Query;
      return answered(api.GET("/v1/admin/sessions", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (previous) => previous,
  });

export const countQuery = (search: SessionSearch) =>
  queryOptions({
    queryKey: ["sessions", "count", filterOf(search)],
    queryFn: ({ signal }) =>
      answered(api.GET("/v1/admin/sessions/count", { params: { query: filterOf(search) as Query }, signal })),
  });

export const sessionQuery = (session_id: string) =>
  queryOptions({
    queryKey: ["sessions", "one", session_id],
    queryFn: ({ signal }) =>
      answered(api.GET("/v1/admin/sessions/{session_id}", { params: { path: { session_id } }, signal })),
  });

export const storyQuery = (session_id: string) =>
  queryOptions({
    queryKey: ["sessions", "story", session_id],
    queryFn: ({ signal }) =>
      answered(api.GET("/v1/admin/sessions/{session_id}/story", { params: { path: { session_id } }, signal })),
  });

export function endOne(session_id: string) {
  return answered(api.POST("/v1/admin/sessions/{session_id}/end", { params: { path: { session_id } } }));
}

export function endOfUser(user_id: string) {
  return answered(api.POST("/v1/admin/users/{user_id}/sessions/end", { params: { path: { user_id } } }));
}

export function previewBatch(search: SessionSearch) {
  return answered(api.POST("/v1/admin/session_batches", { body: { ...batchOf(search), dry_run: true } }));
}

export function startBatch(search: SessionSearch) {
  return answered(api.POST("/v1/admin/session_batches", { body: batchOf(search) }));
}

export function batchState(batch_id: string) {
  return answered(api.GET("/v1/admin/session_batches/{batch_id}", { params: { path: { batch_id } } }));
}
