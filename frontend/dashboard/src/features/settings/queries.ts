import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answered, api } from "~/api/api";
import type { components } from "~/api/schema";

export type Setting = components["schemas"]["SettingShown"];
export type SettingGroup = components["schemas"]["SettingGroup"];
export type Settings = components["schemas"]["SettingsShown"];
export type Difference = components["schemas"]["SettingDifference"];
export type SettingsChange = components["schemas"]["ShownSettingsChange"];
export type Changes = Record<string, unknown>;

export const settingsQuery = queryOptions({
  queryKey: ["settings", "all"],
  queryFn: ({ signal }) => answered(api.GET("/v1/admin/settings", { signal })),
});

export const historyQuery = infiniteQueryOptions({
  queryKey: ["settings", "history"],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) =>
    answered(
      api.GET("/v1/admin/settings/history", {
        params: { query: { limit: 25, ...(pageParam ? { cursor: pageParam } : {}) } },
        signal,
      }),
    ),
  getNextPageParam: (page) => page.next_cursor,
});

export function preview(changes: Changes) {
  return answered(api.POST("/v1/admin/settings/preview", { body: { changes } }));
}

export function save(changes: Changes, reason: string, version: number) {
  const body = { changes, reason: reason.trim(), expected_version: version };
  return answered(api.PATCH("/v1/admin/settings", { body }));
}

export function undo(change_id: string, force: boolean) {
  const params = { path: { change_id } };
  return answered(api.POST("/v1/admin/settings/history/{change_id}/undo", { params, body: { force } }));
}
