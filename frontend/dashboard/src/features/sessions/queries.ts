import { queryOptions } from "@tanstack/react-query";
import { answered, api } from "~/api/api";

export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: ["sessions", "story", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/v1/admin/sessions/{session_id}/story", { params: { path: { session_id: id } }, signal })),
  });
