import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { answered, api } from "./api";
import type { components } from "./schema";

export type Me = components["schemas"]["Me"];

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => answered(api.GET("/v1/admin/me", { signal })),
  staleTime: 60_000,
});

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Hides what the role may not do; the server refuses it in any case. */
export function useMay(permission: string): boolean {
  return useMe().permissions.includes(permission);
}
